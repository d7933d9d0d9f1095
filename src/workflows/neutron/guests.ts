// What guests do with their networks: ask for an address when they have booted, send data to each other and to the outside, and use the cloud's APIs.
//
// Assumes that the way out of the cloud is one link in each direction, and that a flow keeps the way it has set out on.
import type { Outcome } from "../../datacenter/outcomes.ts";
import { SECOND } from "../../kernel/time.ts";
import { OUTSIDE, type Path, type PathEnd, pathOf } from "../../policies/neutron/networks/paths.ts";
import type { Packet } from "../../policies/neutron/networks/security-groups.ts";
import { glance } from "../../services/glance.ts";
import { keystone } from "../../services/keystone.ts";
import { neutron } from "../../services/neutron.ts";
import { vm } from "../../services/vm.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import type { Cloud } from "../cloud.ts";
import { act, at, call, decide, type Flow, retry, transfer, user, type Workflow, wait } from "../vocabulary.ts";
import { byAgents, byOvn, called, count, word } from "./asking.ts";
import { networkOf } from "./cloud-network.ts";

export const guest = { name: "vm", type: "guest" } as const;

const runs = (cloud: Cloud, server: number) => server >= 0 && server < cloud.servers.count && cloud.running[server] === 1;
const stillRuns = decide("the guest runs", (cloud, server) => (runs(cloud, server) ? null : "InstanceNotFound"));

/** A guest that has booted asks until it is answered. @source dhclient.conf, retry 60 s here (assumed; its default is 300 s) */
export const configureGuest: Workflow = {
  name: "configure-guest",
  steps: [
    at(
      vm.guest,
      retry(
        { times: () => 100_000, on: "ConnectionTimeout", exhausted: "HostUnreachable" },
        [
          stillRuns,
          byAgents(
            decide("somebody answers", (cloud, server) => (networkOf(cloud).answersDhcp(server) ? null : "ConnectionTimeout")),
            call(neutron.dhcpAgent.answerDhcp, "MAC"),
            at(neutron.dhcpAgent, call(vm.guest.configureNetwork, "address, routes, resolvers")),
          ),
          byOvn(at(neutron.ovnController, call(vm.guest.configureNetwork, "address, routes, resolvers"))),
          stillRuns,
          act("the guest knows its address", (cloud, server) => networkOf(cloud).setConfigured(server)),
        ],
        { before: [wait("a minute", () => 60 * SECOND)] },
      ),
    ),
  ],
  ended() {},
};

/** -1: to the outside. */
const targetOf = (cloud: Cloud, request: number) => cloud.requests.number(request, "to") ?? -1;
const sender = (cloud: Cloud, request: number) => cloud.requests.server[request]!;

/** The way from the server's first port to the other end. */
function pathBetween(cloud: Cloud, from: number, to: number): Path {
  const net = networkOf(cloud);
  const portOf = (server: number) => {
    net.follow(cloud, server);
    return net.portsOn(server)[0];
  };
  const source = portOf(from);
  const target: PathEnd | undefined = to < 0 ? OUTSIDE : portOf(to);
  if (source === undefined || target === undefined) return { reachable: false, reason: "a server has no port" };
  return pathOf(net.networks, net.routers, source, target);
}

/** By its floating IP, or on an external network. */
function pathFromOutside(cloud: Cloud, to: number): Path {
  const net = networkOf(cloud);
  net.follow(cloud, to);
  const [port] = net.portsOn(to);
  return port === undefined ? { reachable: false, reason: "the server has no port" } : pathOf(net.networks, net.routers, OUTSIDE, port);
}

/** A guest that runs and knows its address. */
function answers(cloud: Cloud, server: number): boolean {
  return runs(cloud, server) && networkOf(cloud).isConfigured(server);
}

function packetOf(cloud: Cloud, request: number): Packet {
  return {
    ethertype: "IPv4",
    protocol: cloud.requests.text(request, "protocol") ?? "tcp",
    port: cloud.requests.number(request, "port") ?? 80,
  };
}

/** Does what the guest sends arrive? What security groups drop, nobody answers. */
function reaches(cloud: Cloud, request: number): Outcome | null {
  const net = networkOf(cloud);
  const { networks } = net;
  const [from, to] = [sender(cloud, request), targetOf(cloud, request)];
  if (!runs(cloud, from)) return "InstanceNotFound";
  if (!answers(cloud, from) || (to >= 0 && !answers(cloud, to))) return "HostUnreachable";
  if (!pathBetween(cloud, from, to).reachable) return "HostUnreachable";
  const packet = packetOf(cloud, request);
  const port = networks.port(net.portsOn(from)[0]!);
  const lets =
    to < 0
      ? networks.securityGroups.passes(port.securityGroups, "egress", packet, OUTSIDE_ADDRESS, [])
      : networks.lets(port, networks.port(net.portsOn(to)[0]!), packet);
  return lets ? null : "ConnectionTimeout";
}

/** Does what the outside sends arrive? */
function isReached(cloud: Cloud, request: number): Outcome | null {
  const net = networkOf(cloud);
  const { networks } = net;
  const server = sender(cloud, request);
  if (!runs(cloud, server)) return "InstanceNotFound";
  if (!answers(cloud, server) || !pathFromOutside(cloud, server).reachable) return "HostUnreachable";
  const { securityGroups } = networks.port(net.portsOn(server)[0]!);
  return networks.securityGroups.passes(securityGroups, "ingress", packetOf(cloud, request), OUTSIDE_ADDRESS, [])
    ? null
    : "ConnectionTimeout";
}

/** Somewhere on the Internet. @source RFC 5737 */
const OUTSIDE_ADDRESS = "203.0.113.1";

/** Over the links of the fabric from host to host along the path, and out of the cloud at its end. */
function flowAlong(cloud: Cloud, bytes: number, from: number, to: number): Flow {
  const path = pathBetween(cloud, from, to);
  if (!path.reachable) return { bytes: 0, route: [] };
  const rows = rowsOf(cloud, path.hosts);
  if (to >= 0 && rows.length <= 2) return { bytes, from: rows[0]!, to: rows.at(-1)!, flow: from };
  const out = to < 0 ? [networkOf(cloud).options.outwards] : [];
  return { bytes, route: [...linksAlong(cloud, rows, from), ...out] };
}

function flowFromOutside(cloud: Cloud, request: number): Flow {
  const server = sender(cloud, request);
  const path = pathFromOutside(cloud, server);
  if (!path.reachable) return { bytes: 0, route: [] };
  const legs = linksAlong(cloud, rowsOf(cloud, path.hosts), server);
  return { bytes: cloud.requests.number(request, "size")!, route: [networkOf(cloud).options.inwards, ...legs] };
}

const rowsOf = (cloud: Cloud, names: readonly string[]): readonly number[] =>
  names.map((name) => cloud.hosts.descriptions.findIndex((host) => host.name === name));

/** The links from each attach point to the next, each once. */
function linksAlong({ traffic }: Cloud, points: readonly number[], flow: number): readonly number[] {
  return [...new Set(points.slice(1).flatMap((point, i) => traffic.wayOrNowhere(points[i]!, point, flow)))];
}

const sendData: Workflow = {
  name: "send-data",
  subject: "request",
  steps: [
    at(
      vm.guest,
      decide("the way there", reaches),
      transfer("data", (cloud, request) =>
        flowAlong(cloud, cloud.requests.number(request, "size")!, sender(cloud, request), targetOf(cloud, request)),
      ),
    ),
  ],
  ended: (cloud, request, outcome) => cloud.requests.end(request, outcome, cloud.simulation.now),
};

const serverSend: ApiOperation = {
  name: "server send",
  meaning: "The guest sends data to another server, or to the outside",
  service: guest,
  rule: "guest:send",
  parameters: {
    server: theServer,
    to: { kind: { is: "server" }, meaning: "The server that receives it", absent: "to the outside" },
    size: { kind: { is: "size" }, meaning: "Bytes of data" },
    protocol: word(["tcp", "udp"], "Protocol of the connection", "tcp"),
    port: count("Port at the other end", "80"),
  },
  workflow: sendData,
};

const serverReceive: ApiOperation = {
  name: "server receive",
  meaning: "Somebody outside sends data to the guest, by its floating IP",
  service: guest,
  rule: "guest:receive",
  parameters: {
    server: theServer,
    size: { kind: { is: "size" }, meaning: "Bytes of data" },
    protocol: word(["tcp", "udp"], "Protocol of the connection", "tcp"),
    port: count("Port of the server", "80"),
  },
  workflow: {
    name: "receive-data",
    subject: "request",
    steps: [at(user, decide("the way there", isReached), transfer("data", flowFromOutside))],
    ended: (cloud, request, outcome) => cloud.requests.end(request, outcome, cloud.simulation.now),
  },
};

/** Out through the router, and from Glance to the host: the guest reaches the APIs on the external network. */
function imageFlow(cloud: Cloud, request: number): Flow {
  const server = sender(cloud, request);
  const image = cloud.images[cloud.imageNamed(cloud.requests.text(request, "image")!)];
  const path = pathBetween(cloud, server, -1);
  if (image === undefined || !path.reachable) return { bytes: 0, route: [] };
  const rows = rowsOf(cloud, path.hosts);
  return { bytes: image.bytes, route: linksAlong(cloud, [cloud.fabric.glance, ...[...rows].reverse()], server) };
}

const serverFetchImage: ApiOperation = {
  name: "server fetch image",
  meaning: "The guest authenticates with Keystone and downloads an image from Glance",
  service: guest,
  rule: "guest:fetch_image",
  parameters: { server: theServer, image: called("image", "The image") },
  workflow: {
    name: "fetch-image",
    subject: "request",
    steps: [
      at(
        vm.guest,
        decide("the way there", reaches),
        call(keystone.api.issueToken, "name, password"),
        call(glance.api.showImage, "image id"),
        decide("the image is there", (cloud, request) =>
          cloud.imageNamed(cloud.requests.text(request, "image")!) < 0 ? "ImageNotFound" : null,
        ),
        call(glance.api.sendImage, "image id"),
      ),
      at(glance.api, call(keystone.api.validateToken, "token"), call(vm.guest.receiveImage, "image"), transfer("image", imageFlow)),
    ],
    ended: (cloud, request, outcome) => cloud.requests.end(request, outcome, cloud.simulation.now),
  },
};

export const guestOperations: readonly ApiOperation[] = [serverSend, serverReceive, serverFetchImage];
