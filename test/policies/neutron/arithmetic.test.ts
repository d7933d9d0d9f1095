import { describe, expect, it } from "vitest";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { addressOf, addressText, isWithin, networkOf, networkText } from "../../../src/policies/neutron/addresses.ts";
import { generatedPools, isSubnetAddress } from "../../../src/policies/neutron/allocation-pools.ts";
import { SubnetAddresses } from "../../../src/policies/neutron/ip-allocation.ts";
import { mtuOf, usualMtuConfig } from "../../../src/policies/neutron/mtu.ts";
import { drawnPlaces } from "../../../src/policies/neutron/networks/draws.ts";
import { normalisedRule } from "../../../src/policies/neutron/security-group-rule.ts";
import { parseTunnelRanges, parseVlanRanges } from "../../../src/policies/neutron/segment-ranges.ts";
import { Segments } from "../../../src/policies/neutron/segments.ts";

describe("addresses", () => {
  it("read and write as they are usually written", () => {
    for (const text of ["10.0.0.1", "::", "::1", "fe80::1", "2001:db8::a:0:0:1", "2001:db8:0:1:1:1:1:1", "0:0:1::"])
      expect(addressText(addressOf(text))).toBe(text);
    expect(["10.1/16", "10.0.0.5", "fd00::5/64"].map((text) => networkText(networkOf(text)))).toEqual([
      "10.1.0.0/16",
      "10.0.0.5/32",
      "fd00::5/64",
    ]);
    expect([isWithin("10.0.0.5/24", "10.0.0.9"), isWithin("::/0", "10.0.0.9")]).toEqual([true, false]);
  });

  it("of two in an IPv4 network are both for hosts, and the network's own is only for routers in IPv6", () => {
    expect(generatedPools("10.0.0.0/31", null)).toEqual([["10.0.0.0", "10.0.0.1"]]);
    expect(generatedPools("10.0.0.0/30", "10.0.0.2")).toEqual([["10.0.0.1", "10.0.0.1"]]);
    expect(["", "compute:nova", "network:router_interface"].map((owner) => isSubnetAddress("fd00::/64", "fd00::", owner))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("are drawn from the lowest thousand that are free, without repeats", () => {
    const addresses = new SubnetAddresses("10.0.0.0/16", generatedPools("10.0.0.0/16", "10.0.0.1"));
    const stream = new RandomStreams("draws", 0).stream("neutron.ip");
    for (let port = 0; port < 2000; port++) addresses.allocateAny(1, drawnPlaces(stream, port));
    const taken = addresses.taken().map((address) => addressOf(address).value - addressOf("10.0.0.2").value);
    expect(new Set(taken).size).toBe(2000);
    expect(taken.every((place) => place < 3000n)).toBe(true);
    const { windows, addresses: batch } = addresses.allocateAny(50, drawnPlaces(stream, 9999));
    expect([windows[0]!.size, new Set(batch).size]).toEqual([5000, 50]);
  });

  it("of an IPv6 subnet are more than can be counted, and handed out all the same", () => {
    const addresses = new SubnetAddresses("fd00::/64", generatedPools("fd00::/64", "fd00::1"));
    expect([addresses.freeCount, addresses.allocateNext(), addresses.allocateNext()]).toEqual([2n ** 64n - 2n, "fd00::2", "fd00::3"]);
  });
});

describe("packets", () => {
  it("lose what tunnels put around them", () => {
    expect((["vlan", "vxlan", "gre", "geneve"] as const).map((type) => mtuOf(type, "physnet1", usualMtuConfig))).toEqual([
      1500, 1450, 1458, 1450,
    ]);
    expect(mtuOf("geneve", null, { ...usualMtuConfig, maxHeaderSize: 38 })).toBe(1442);
  });
});

describe("security group rules", () => {
  it("for all ports are kept without ports, and names of ICMP for IPv6 become one", () => {
    expect(normalisedRule({ direction: "ingress", protocol: "TCP", portRangeMin: 1, portRangeMax: 65_535 })).toMatchObject({
      protocol: "tcp",
      portRangeMin: null,
      portRangeMax: null,
    });
    const protocols = ["icmp", "icmpv6", 1].map(
      (protocol) => normalisedRule({ direction: "ingress", ethertype: "ipv6", protocol }).protocol,
    );
    expect(protocols).toEqual(["ipv6-icmp", "ipv6-icmp", "58"]);
  });
});

describe("segments", () => {
  const config = {
    flatNetworks: [],
    vlanRanges: parseVlanRanges(["a:10:12", "b:20:20"]),
    vxlanRanges: [],
    geneveRanges: [],
    greRanges: [],
  };

  it("are drawn among the free ones, one physical network after the other", () => {
    const segments = new Segments(config);
    const ids = [0.99, 0, 0.5, 0.5].map((draw) => segments.allocate("vlan", {}, draw));
    expect(ids.map(({ physicalNetwork, id }) => `${physicalNetwork} ${id}`)).toEqual(["a 12", "a 10", "a 11", "b 20"]);
    segments.release(ids[2]!);
    expect(segments.allocate("vlan", {}, 0.3).id).toBe(11);
  });

  it("have ranges that are checked", () => {
    expect(parseTunnelRanges("vxlan", ["1:1000", " 2000:16777215"])).toEqual([
      [1, 1000],
      [2000, 16_777_215],
    ]);
    for (const wrong of ["1", "0:5", "5:1", "1:16777216", "a:b"])
      expect(() => parseTunnelRanges("vxlan", [wrong]), wrong).toThrow(expect.objectContaining({ type: "NetworkTunnelRangeError" }));
  });
});
