// Load balancers as users of Octavia ask for them. The API takes a change if nobody else is at one, and the worker carries it out on the amphora.
// @source octavia/api/v2/controllers, octavia/controller/worker/v2 (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";
import { neutron } from "../../services/neutron.ts";
import { octavia } from "../../services/octavia.ts";
import type { Operation } from "../../services/service.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { act, at, call, cast, decide, type Step } from "../vocabulary.ts";
import { called, change, count, flag, makes } from "./asking.ts";
import { networkOf } from "./cloud-network.ts";
import type { PartKind } from "./load-balancers.ts";

const service = { name: "octavia", type: "load-balancer" } as const;
const balancers = (cloud: Cloud) => networkOf(cloud).loadBalancers;
const target = (cloud: Cloud, request: number) => cloud.requests.target[request]!;
const named = (cloud: Cloud, request: number, of: PartKind | "load balancer", parameter: string) =>
  cloud.names.find(of, cloud.requests.text(request, parameter)!);

const active = act("active", (cloud, request) => {
  const id = target(cloud, request);
  if (balancers(cloud).has(id)) balancers(cloud).setStatus(id, "ACTIVE");
});

const loadBalancerCreate: ApiOperation = {
  name: "load balancer create",
  meaning: "Make a load balancer with an address on a subnet",
  service,
  rule: "os_load-balancer_api:loadbalancer:post",
  parameters: { name: makes("load balancer"), subnet: called("subnet", "Where clients find it") },
  workflow: apiRequest(
    "load-balancer-create",
    octavia.api.createLoadBalancer,
    "name, subnet",
    call(neutron.server.createPort, "subnet id"),
    change("address", (ask) => {
      const { net, project } = ask;
      const subnetId = ask.id("subnet", "subnet");
      const { networkId } = net.networks.subnet(subnetId);
      const owner = { deviceOwner: "Octavia", deviceId: `lb-${ask.text("name")}` };
      const vip = net.createPort(ask.cloud, { networkId, project, fixedIps: [{ subnetId }], ...owner });
      const id = net.loadBalancers.create(vip.id);
      ask.cloud.requests.target[ask.request] = id;
      ask.cloud.names.give("load balancer", ask.text("name")!, id);
    }),
    answer(201),
    cast(octavia.worker.bootAmphora, "load balancer id"),
    active,
  ),
};

/** A change of a load balancer by way of something that hangs on it. `on` is what it is asked of. */
function changing(
  name: string,
  meaning: string,
  operation: Operation,
  parameters: Readonly<Record<string, Parameter>>,
  on: readonly [of: PartKind | "load balancer", parameter: string],
  checks: (cloud: Cloud, request: number, balancer: number) => Outcome | null,
  does: (cloud: Cloud, request: number, balancer: number) => void,
): ApiOperation {
  const removes = name.endsWith("delete");
  return {
    name,
    meaning,
    service,
    rule: `os_load-balancer_api:${name.split(" ").at(-2)}:${removes ? "delete" : "post"}`,
    parameters,
    workflow: apiRequest(
      name.replaceAll(" ", "-"),
      operation,
      Object.keys(parameters).join(", "),
      decide("it may be changed", (cloud, request) => {
        const balancer = balancers(cloud).balancerOf(on[0], named(cloud, request, ...on));
        if (balancer < 0) return "NotFound";
        const refusal = checks(cloud, request, balancer) ?? balancers(cloud).beginChange(balancer, "PENDING_UPDATE");
        if (refusal !== null) return refusal;
        cloud.requests.target[request] = balancer;
        does(cloud, request, balancer);
        return null;
      }),
      answer(removes ? 204 : 201),
      cast(octavia.worker.configureAmphora, "listeners, pools, members"),
      active,
    ),
  };
}

const nothing = (): null => null;
const port = count("TCP port");

/** Makes a part that hangs on the one that was asked for. */
const adds =
  (kind: PartKind, on: readonly [PartKind | "load balancer", string]) => (cloud: Cloud, request: number, loadBalancer: number) => {
    const part = { kind, loadBalancer, parent: named(cloud, request, ...on), port: cloud.requests.number(request, "protocol_port") ?? 0 };
    cloud.names.give(kind, cloud.requests.text(request, "name")!, balancers(cloud).add(part));
  };

const drops = (kind: PartKind) => (cloud: Cloud, request: number) => {
  const name = cloud.requests.text(request, kind)!;
  balancers(cloud).removePart(cloud.names.find(kind, name));
  cloud.names.drop(kind, name);
};

const onBalancer = ["load balancer", "load_balancer"] as const;
const listenerCreate = changing(
  "load balancer listener create",
  "Let a load balancer listen at a port",
  octavia.api.createListener,
  { name: makes("listener"), load_balancer: called("load balancer", "The load balancer"), protocol_port: port },
  onBalancer,
  (cloud, request, balancer) =>
    balancers(cloud).listensAt(balancer, cloud.requests.number(request, "protocol_port")!) ? "DuplicateListenerEntry" : null,
  adds("listener", onBalancer),
);

const poolCreate = changing(
  "load balancer pool create",
  "Make a pool of servers behind a listener",
  octavia.api.createPool,
  { name: makes("pool"), listener: called("listener", "The listener") },
  ["listener", "listener"],
  nothing,
  adds("pool", ["listener", "listener"]),
);

const memberCreate = changing(
  "load balancer member create",
  "Put a server into a pool",
  octavia.api.createMember,
  {
    name: makes("member"),
    pool: called("pool", "The pool"),
    server: { kind: { is: "server" }, meaning: "The server" },
    protocol_port: port,
  },
  ["pool", "pool"],
  // A member is an address.
  (cloud, request) => (networkOf(cloud).portsOn(cloud.requests.server[request]!).length === 0 ? "ValidationException" : null),
  adds("member", ["pool", "pool"]),
);

const deletes = (kind: PartKind, meaning: string, operation: Operation) =>
  changing(`load balancer ${kind} delete`, meaning, operation, { [kind]: called(kind, `The ${kind}`) }, [kind, kind], nothing, drops(kind));

const gone: Step = act("gone", (cloud, request) => {
  const net = networkOf(cloud);
  const id = target(cloud, request);
  const vip = net.loadBalancers.vipPortOf(id);
  if (vip >= 0) net.deletePort(vip);
  net.loadBalancers.remove(id);
  cloud.names.drop("load balancer", cloud.requests.text(request, "load_balancer")!);
});

const loadBalancerDelete: ApiOperation = {
  name: "load balancer delete",
  meaning: "Delete a load balancer",
  service,
  rule: "os_load-balancer_api:loadbalancer:delete",
  parameters: {
    load_balancer: called("load balancer", "The load balancer"),
    cascade: flag("With its listeners, pools and members, which refuse it otherwise"),
  },
  workflow: apiRequest(
    "load-balancer-delete",
    octavia.api.deleteLoadBalancer,
    "load balancer id, cascade",
    decide("it may be deleted", (cloud, request) => {
      const id = named(cloud, request, "load balancer", "load_balancer");
      if (!balancers(cloud).has(id)) return "NotFound";
      if (balancers(cloud).hasParts(id) && !cloud.requests.flag(request, "cascade")) return "ValidationException";
      cloud.requests.target[request] = id;
      return balancers(cloud).beginChange(id, "PENDING_DELETE");
    }),
    answer(204),
    cast(octavia.worker.deleteAmphora, "load balancer id"),
    at(octavia.worker, call(neutron.server.deletePort, "port id")),
    gone,
  ),
};

export const loadBalancerOperations: readonly ApiOperation[] = [
  loadBalancerCreate,
  listenerCreate,
  poolCreate,
  memberCreate,
  deletes("member", "Take a server out of its pool", octavia.api.deleteMember),
  deletes("pool", "Delete a pool with its members", octavia.api.deletePool),
  deletes("listener", "Delete a listener with its pool", octavia.api.deleteListener),
  loadBalancerDelete,
];
