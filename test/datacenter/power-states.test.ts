// Hosts that are switched off and on again: what the transitions take and cost, and when it pays.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostPower } from "../../src/datacenter/power.ts";
import { breakEvenIdleSeconds, defaultFigures, type PowerState, type PowerStateFigures } from "../../src/datacenter/power-states.ts";
import { type PowerOrder, PowerSwitch } from "../../src/datacenter/power-switch.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { HOUR, SECOND } from "../../src/kernel/time.ts";

/** SimGrid's boot platform: 150 s and 18,000 J to boot, 7 s and 770 J to shut down, 10 W off; 95 W idle, 200 W busy. */
const platform: PowerStateFigures = {
  ...defaultFigures((load) => 95 + 105 * load),
  boot: { duration: 150 * SECOND, watts: 120 },
  shutdown: { duration: 7 * SECOND, watts: 110 },
};

function oneHost() {
  const simulation = new Simulation();
  const power = new HostPower([[95, 200]], 0, [platform]);
  const arrivals: [number, PowerState][] = [];
  const button = new PowerSwitch(simulation, power, (_host, state) => arrivals.push([simulation.now / SECOND, state]));
  return { simulation, power, arrivals, button };
}

describe("a host that is switched off", () => {
  it("must stay idle for 202.4 s for that to pay, on SimGrid's platform", () => {
    expect(breakEvenIdleSeconds(platform, 95)).toBeCloseTo((18770 - 1570) / 85, 9);
    expect(breakEvenIdleSeconds(platform, 95)).toBeCloseTo(202.4, 1);
  });

  it("costs as much as an idle one when it is on again after exactly that time", () => {
    const { simulation, power, button } = oneHost();
    const idle = Math.round(breakEvenIdleSeconds(platform, 95) * SECOND);
    button.order(0, "switch off");
    simulation.run(idle - platform.boot.duration);
    button.order(0, "switch on");
    simulation.run(idle);
    expect(power.state(0)).toBe("on");
    expect(power.energyJoules(0, simulation.now)).toBeCloseTo((95 * idle) / SECOND, 3);
  });

  it("never pays where off draws as much as idle, always where the transitions cost nothing", () => {
    expect(breakEvenIdleSeconds(platform, 10)).toBe(Number.POSITIVE_INFINITY);
    const free = { duration: 0, watts: 0 };
    expect(breakEvenIdleSeconds({ ...platform, boot: free, shutdown: free }, 95)).toBe(0);
  });

  it("shuts down for 7 s at 110 W, draws 10 W, boots for 150 s at 120 W, and comes back to the load it was given meanwhile", () => {
    const { simulation, power, arrivals, button } = oneHost();
    expect(button.order(0, "switch off")).toBe(7 * SECOND);
    expect([power.state(0), power.watts(0)]).toEqual(["shutting down", 110]);
    simulation.run(100 * SECOND);
    expect([power.state(0), power.watts(0)]).toEqual(["off", 10]);
    button.order(0, "switch on");
    expect([power.state(0), power.watts(0)]).toEqual(["booting", 120]);
    power.setUtilisation(0, simulation.now, 1);
    expect(power.watts(0)).toBe(120);
    simulation.run(300 * SECOND);
    expect([power.state(0), power.watts(0)]).toEqual(["on", 200]);
    expect(arrivals).toEqual([
      [7, "off"],
      [250, "on"],
    ]);
    expect(power.energyJoules(0, simulation.now)).toBeCloseTo(770 + 93 * 10 + 18_000 + 50 * 200, 6);
  });

  it("can be suspended and resumed instead, in 10 s and 15 s", () => {
    const { simulation, power, arrivals, button } = oneHost();
    button.order(0, "suspend");
    simulation.run(100 * SECOND);
    expect([power.state(0), power.watts(0)]).toEqual(["suspended", 12]);
    button.order(0, "resume");
    simulation.run(200 * SECOND);
    expect(arrivals.map(([at]) => at)).toEqual([10, 115]);
    expect(power.energyJoules(0, simulation.now)).toBeCloseTo(950 + 90 * 12 + 15 * (95 + 31.5) + 85 * 95, 6);
  });

  it("loses its power at once when it is cut, even while it boots, and does not come up by itself", () => {
    const { simulation, power, arrivals, button } = oneHost();
    button.cut(0);
    expect(power.state(0)).toBe("off");
    button.order(0, "switch on");
    simulation.run(100 * SECOND);
    button.cut(0);
    simulation.run(HOUR);
    expect([power.state(0), power.watts(0), arrivals.length]).toEqual(["off", 10, 0]);
  });

  it("refuses an order that its state does not allow", () => {
    const { button } = oneHost();
    expect(() => button.order(0, "switch on")).toThrow("host 0 cannot switch on: it is on, expected off");
    button.order(0, "switch off");
    expect(() => button.order(0, "suspend")).toThrow("host 0 cannot suspend: it is shutting down, expected on");
  });

  it("boots in 180 s at the watts of 30 % load where nothing else is known, shuts down in 7 s", () => {
    const figures = new HostPower([[95, 200]]).figures(0);
    expect(figures.boot).toEqual({ duration: 180 * SECOND, watts: 95 + 105 * 0.3 });
    expect(figures.shutdown.duration).toBe(7 * SECOND);
    expect(figures.shutdown.watts).toBeCloseTo(110, 9);
    expect(figures.offWatts).toBe(10);
  });
});

describe("the energy books of hosts in many states", () => {
  const orders: readonly PowerOrder[] = ["switch on", "switch off", "suspend", "resume"];
  const step = fc.record({ wait: fc.integer({ min: 0, max: 300 * SECOND }), act: fc.integer({ min: 0, max: 5 }), load: fc.double({ min: 0, max: 1, noNaN: true }) }); // biome-ignore format: one line

  it("never shrink, whatever is ordered, and add up to the watts that listeners were told", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { simulation, power, button } = oneHost();
        let [told, since, watts, before] = [0, 0, power.watts(0), 0];
        power.listen((now, _host, from, to) => {
          expect(from).toBe(watts);
          told += watts * (now - since);
          [since, watts] = [now, to];
        });
        for (const { wait, act, load } of steps) {
          simulation.run(simulation.now + wait);
          if (act === 4) button.cut(0);
          else if (act === 5) power.setUtilisation(0, simulation.now, load);
          else {
            try {
              button.order(0, orders[act]!);
            } catch (error) {
              expect(error).toBeInstanceOf(RangeError);
            }
          }
          const joules = power.energyJoules(0, simulation.now);
          expect(joules).toBeGreaterThanOrEqual(before);
          before = joules;
        }
        told += watts * (simulation.now - since);
        expect(before).toBeCloseTo(told / SECOND, 5);
      }),
    );
  });

  it("refuse models that would run them backwards", () => {
    expect(() => new HostPower([[100]])).toThrow(/the power curve of host 0 has 1 points/);
    expect(() => new HostPower([() => -1])).toThrow(/host 0 would draw -1 W/);
    expect(() => new HostPower([(u) => 1 / u])).toThrow(/host 0 would draw Infinity W at utilisation 0/);
    const power = new HostPower([(u) => (u > 0.5 ? Number.NaN : 5)]);
    expect(() => power.setUtilisation(0, 0, 0.6)).toThrow(/host 0 would draw NaN W at utilisation 0.6/);
    expect(power.watts(0)).toBe(5);
  });
});
