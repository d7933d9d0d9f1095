// What stands on what: a power feed carries PDUs, a PDU carries racks, a rack holds hosts. Whatever fails takes down all that stands on it.
// Every component counts the causes that keep it down, its own and those above it, so that overlapping failures nest: a host whose rack fails
// while it is being repaired is up again when both are over, in whichever order.

/** Told of a component that goes down or comes up; those higher in the tree come first. */
export type FaultListener = (component: number, down: boolean) => void;

export class FaultTree {
  readonly count: number;
  /** By component: what it stands on, -1 = nothing. */
  readonly parent: Int32Array;
  /** Causes that keep a component down: its own, and its own with those of all that it stands on. */
  private readonly own: Int32Array;
  private readonly all: Int32Array;
  private readonly children: readonly (readonly number[])[];
  private readonly listener: FaultListener;

  /** A parent has a lower number than its children. @throws RangeError for one that has not */
  constructor(parent: ArrayLike<number>, listener: FaultListener = () => {}) {
    this.count = parent.length;
    this.parent = Int32Array.from(parent);
    this.own = new Int32Array(this.count);
    this.all = new Int32Array(this.count);
    this.listener = listener;
    const children: number[][] = Array.from({ length: this.count }, () => []);
    for (const [component, above] of this.parent.entries()) {
      if (above >= component || above < -1) {
        throw new RangeError(`component ${component} cannot stand on component ${above}: expected a lower number, or -1 for nothing`);
      }
      if (above >= 0) children[above]!.push(component);
    }
    this.children = children;
  }

  /** One more cause keeps the component down, and with it all that stands on it. */
  fail(component: number): void {
    this.own[component]!++;
    this.spread(component, 1);
  }

  /** One cause less. @throws RangeError when there is none */
  repair(component: number): void {
    if (!(this.own[component]! > 0)) throw new RangeError(`component ${component} cannot be repaired: it has not failed by itself`);
    this.own[component]!--;
    this.spread(component, -1);
  }

  isDown(component: number): boolean {
    return this.all[component]! > 0;
  }

  /** Causes at the component itself. */
  causesAt(component: number): number {
    return this.own[component]!;
  }

  /** Causes at the component and at all that it stands on. */
  causesOf(component: number): number {
    return this.all[component]!;
  }

  /** What does not hold of the tree, in words: a child is down if its parent is, and the causes add up. Empty when all is well. */
  check(): readonly string[] {
    const wrong: string[] = [];
    for (let component = 0; component < this.count; component++) {
      const above = this.parent[component]!;
      const summed = this.own[component]! + (above < 0 ? 0 : this.all[above]!);
      if (this.all[component] !== summed) wrong.push(`component ${component} counts ${this.all[component]} causes, ${summed} added up`);
      if (above >= 0 && this.isDown(above) && !this.isDown(component))
        wrong.push(`component ${component} is up on ${above}, which is down`);
    }
    return wrong;
  }

  /** The counts change everywhere before anybody is told, so that a listener sees the whole. */
  private spread(from: number, change: 1 | -1): void {
    const turned: number[] = [];
    const visit = (component: number) => {
      const before = this.all[component]!;
      this.all[component] = before + change;
      if ((before === 0) !== (before + change === 0)) turned.push(component);
      for (const child of this.children[component]!) visit(child);
    };
    visit(from);
    for (const component of turned) this.listener(component, change > 0);
  }
}
