// The arithmetic of networks with the answers of the real Neutron (21.0.0).
import { describe, expect } from "vitest";
import { slaacAddress } from "../../src/policies/neutron/addresses.ts";
import { chooseDhcpAgents, chooseHaAgents, type DhcpScheduler, type L3Scheduler } from "../../src/policies/neutron/agent-schedulers.ts";
import { type AllocationPool, generatedPools, isInvalidGateway, isSubnetAddress } from "../../src/policies/neutron/allocation-pools.ts";
import { lowest, SubnetAddresses } from "../../src/policies/neutron/ip-allocation.ts";
import { mtuOf, type NetworkType } from "../../src/policies/neutron/mtu.ts";
import { NeutronError } from "../../src/policies/neutron/neutron-error.ts";
import { normalisedRule } from "../../src/policies/neutron/security-group-rule.ts";
import { parseVlanRanges } from "../../src/policies/neutron/segment-ranges.ts";
import { holdsForAll, type OracleCase } from "./oracle-files.ts";

interface Case<I> extends OracleCase {
  readonly input: I;
  readonly expect: object;
}

function answer(ask: () => object): object {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof NeutronError)) throw error;
    return { error: error.type };
  }
}

function holdsFor<I>(kind: string, count: number, ask: (input: I) => object): void {
  holdsForAll<Case<I>>("neutron.jsonl.gz", [kind], count, (one) => expect(answer(() => ask(one.input))).toEqual(one.expect));
}

interface MtuInput {
  readonly type: NetworkType;
  readonly physical_network: string | null;
  readonly config: {
    readonly global_physnet_mtu: number;
    readonly path_mtu: number;
    readonly physical_network_mtus: Readonly<Record<string, number>>;
    readonly overlay_ip_version: 4 | 6;
    readonly max_header_size: number;
  };
}

interface Operation {
  readonly op: "any" | "prefer_next" | "bulk" | "specific" | "release";
  readonly n: number;
  readonly ip: string;
}

/** What one operation of a case does to the addresses, in the words of the case. */
function result(addresses: SubnetAddresses, { op, n, ip }: Operation): object {
  if (op === "release") {
    if (addresses.isTaken(ip)) addresses.release(ip);
    return {};
  }
  if (op === "specific") {
    addresses.allocateSpecific(ip);
    return { ip };
  }
  if (op === "prefer_next") return { ip: addresses.allocateNext() };
  const { addresses: ips, windows } = addresses.allocateAny(op === "any" ? 1 : n, lowest);
  const shown = windows.map(({ size, first, last, picks }) => ({ window: size, first, last, k: picks }));
  return op === "any" ? { ip: ips[0], ...shown[0] } : { ips, windows: shown };
}

interface Agent {
  readonly id: string;
  readonly load?: number;
  readonly routers?: number;
  readonly availability_zone: string;
}

const scheduled = (agents: readonly Agent[]) =>
  agents.map(({ id, load, routers, availability_zone }) => ({ id, load: load ?? routers!, availabilityZone: availability_zone }));

describe("Neutron's own", () => {
  describe("packet sizes", () => {
    holdsFor<MtuInput>("mtu", 38, ({ type, physical_network, config }) => ({
      mtu: mtuOf(type, physical_network, {
        globalPhysnetMtu: config.global_physnet_mtu,
        pathMtu: config.path_mtu,
        physicalNetworkMtus: new Map(Object.entries(config.physical_network_mtus)),
        overlayIpVersion: config.overlay_ip_version,
        maxHeaderSize: config.max_header_size,
      }),
    }));
  });

  describe("pools and address checks", () => {
    holdsFor<{ cidr: string; gateway_ip: string | null; test_ips: readonly string[] }>("pools", 30, ({ cidr, gateway_ip, test_ips }) => ({
      pools: generatedPools(cidr, gateway_ip),
      check_subnet_ip: Object.fromEntries(test_ips.map((ip) => [ip, isSubnetAddress(cidr, ip)])),
      gateway_invalid_in_subnet: Object.fromEntries(test_ips.map((ip) => [ip, isInvalidGateway(cidr, ip)])),
    }));
  });

  describe("allocation of addresses", () => {
    holdsFor<{ cidr: string; pools: readonly AllocationPool[]; ops: readonly Operation[] }>("ip_allocation", 40, ({ cidr, pools, ops }) => {
      const addresses = new SubnetAddresses(cidr, pools);
      const results = ops.map((operation) => answer(() => result(addresses, operation)));
      return { results, allocated: addresses.taken() };
    });
  });

  describe("addresses that machines give themselves", () => {
    holdsFor<{ prefix: string; mac: string }>("slaac_address", 6, ({ prefix, mac }) => ({ ip: slaacAddress(prefix, mac) }));
  });

  describe("security group rules", () => {
    holdsFor<Readonly<Record<string, string | number | null>>>("sg_rule", 100, (input) => {
      const rule = normalisedRule({
        direction: input.direction as "ingress" | "egress",
        ethertype: input.ethertype as string | null,
        protocol: input.protocol!,
        portRangeMin: input.port_range_min!,
        portRangeMax: input.port_range_max!,
        remoteIpPrefix: input.remote_ip_prefix as string | null,
        remoteGroupId: input.remote_group_id as string | null,
      });
      return {
        normalized: {
          direction: rule.direction,
          ethertype: rule.ethertype,
          protocol: rule.protocol,
          port_range_min: rule.portRangeMin,
          port_range_max: rule.portRangeMax,
          remote_ip_prefix: rule.remoteIpPrefix,
          remote_group_id: rule.remoteGroupId,
        },
      };
    });
  });

  describe("ranges of VLANs", () => {
    holdsFor<{ entries: readonly string[] }>("vlan_ranges", 7, ({ entries }) => ({ ranges: Object.fromEntries(parseVlanRanges(entries)) }));
  });

  describe("choice of DHCP agents", () => {
    holdsFor<{ scheduler: DhcpScheduler; hostable: readonly Agent[]; hosted: readonly Agent[]; needed: number }>(
      "dhcp_schedule",
      30,
      ({ scheduler, hostable, hosted, needed }) => {
        const zones = hosted.map(({ availability_zone }) => availability_zone);
        return { chosen: chooseDhcpAgents(scheduler, scheduled(hostable), zones, needed).map(({ id }) => id) };
      },
    );
  });

  describe("choice of L3 agents for HA routers", () => {
    holdsFor<{ scheduler: L3Scheduler; agents: readonly Agent[]; max_l3_agents_per_router: number }>(
      "l3_ha_schedule",
      30,
      ({ scheduler, agents, max_l3_agents_per_router }) => ({
        chosen: chooseHaAgents(scheduler, scheduled(agents), max_l3_agents_per_router).map(({ id }) => id),
      }),
    );
  });
});
