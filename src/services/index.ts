// The services of the cloud.
import { cinder } from "./cinder.ts";
import { glance } from "./glance.ts";
import { keystone } from "./keystone.ts";
import { neutron } from "./neutron.ts";
import { nova } from "./nova.ts";
import { octavia } from "./octavia.ts";
import { placement } from "./placement.ts";
import { type Component, componentsOf, type Operation, operationsOf } from "./service.ts";
import { swift } from "./swift.ts";
import { vm } from "./vm.ts";

/** Every component, in catalogue order. */
export const components: readonly Component[] = [keystone, nova, placement, glance, neutron, cinder, swift, octavia, vm].flatMap(
  (service) => componentsOf(service),
);

export const operations: readonly Operation[] = components.flatMap((component) => operationsOf(component));
