// Headers to the byte, and goodput to the printed digits.
import { describe, expect, it } from "vitest";
import { type Encapsulation, encapsulations, goodputFraction, instanceMtu } from "../../../src/datacenter/fabric/encapsulation.ts";

describe("the MTU of instances", () => {
  it.each([
    ["plain", 1500, 1500],
    ["vlan", 1500, 1500],
    ["vxlan", 1500, 1450],
    ["vxlan-ipv6", 1500, 1430],
    ["geneve", 1500, 1442],
    ["gre", 1500, 1458],
    ["ipsec", 1500, 1446],
    ["ipsec-nat-t", 1500, 1438],
    ["vxlan", 9000, 8950],
    ["geneve", 9000, 8942],
  ] as const)("over %s at %i bytes is %i", (encapsulation, mtu, expected) => {
    expect(instanceMtu({ encapsulation, mtu })).toBe(expected);
  });

  it("leaves what IPsec pads unused: packet and trailer end on four bytes", () => {
    for (let mtu = 1497; mtu <= 1504; mtu++) {
      const inside = instanceMtu({ encapsulation: "ipsec", mtu });
      expect((inside + 2) % 4).toBe(0);
      expect(mtu - inside).toBeGreaterThanOrEqual(54);
      expect(mtu - inside).toBeLessThan(58);
    }
  });

  it("needs an MTU that IP can work with", () => {
    for (const mtu of [0, -1, 575, 1500.5, Number.NaN, 65_536])
      expect(() => instanceMtu({ encapsulation: "plain", mtu })).toThrow(
        `MTU: expected a whole number of bytes from 576 to 65535, got ${mtu}`,
      );
  });
});

describe("the share of the line rate that payload gets", () => {
  const rows: readonly (readonly [Encapsulation, number, boolean, number])[] = [
    ["plain", 1500, false, 0.949285],
    ["vxlan", 1500, false, 0.916775],
    ["vxlan", 9000, false, 0.985838],
    ["plain", 1500, true, 0.941482],
    ["vxlan", 1500, true, 0.908973],
    ["vxlan", 9000, true, 0.98451],
    ["ipsec", 1500, false, 0.914174],
    ["ipsec-nat-t", 1500, false, 0.908973],
    ["vlan", 1500, false, 1460 / 1542],
    ["geneve", 1500, false, 1402 / 1538],
    ["gre", 1500, false, 1418 / 1538],
  ];
  it.each(rows)("over %s at %i bytes, timestamps %s, is %f", (encapsulation, mtu, timestamps, expected) => {
    expect(goodputFraction({ encapsulation, mtu }, timestamps)).toBeCloseTo(expected, 6);
  });

  it("is less than 1 for every encapsulation, and more with larger packets", () => {
    for (const encapsulation of encapsulations) {
      const [small, large] = [1500, 9000].map((mtu) => goodputFraction({ encapsulation, mtu }));
      expect([small! > 0.9, small! < large!, large! < 1]).toEqual([true, true, true]);
    }
  });
});
