// The largest piece of a host that Placement gives to one server (`max_unit`): the whole host without any allocation ratio, however much is free.
// @source nova/virt/libvirt/driver.py (update_provider_tree), placement/objects/inventory.py
import type { Amounts, Hosts } from "../datacenter/hosts.ts";
import type { Resource, Shortage } from "../datacenter/shortage.ts";
import { columnsOf } from "./host-room.ts";

/** The largest max_unit among some hosts, in vCPUs, MiB, GiB and, of other classes, pieces. */
export interface MaxUnit {
  readonly resource: Resource;
  readonly most: number;
}

/** Of what the amounts are more than the host gives to one server. Where it has nothing of a class, there is no inventory that could have a max_unit. */
export function beyondMaxUnitOn(hosts: Hosts, host: number, amounts: Amounts): Shortage {
  return columnsOf(amounts).reduce((beyond, column, i) => {
    const most = column.total(hosts, host);
    return most > 0 && column.asked(amounts) > most ? beyond | (1 << i) : beyond;
  }, 0);
}

/** Of what the amounts are more than any of the hosts gives to one server. A class that none of them has is lacking, and is not named here. */
export function beyondMaxUnit(hosts: Hosts, amounts: Amounts, rows: readonly number[]): readonly MaxUnit[] {
  return columnsOf(amounts).flatMap((column) => {
    const most = rows.reduce((largest, host) => Math.max(largest, column.total(hosts, host)), 0);
    return most > 0 && column.asked(amounts) > most ? [{ resource: column.resource, most: most / column.per }] : [];
  });
}
