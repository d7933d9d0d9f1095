// Names under which users mean what they have made, by type of thing, and the numbers that the books of the services have for it.
import type { ResourceType } from "./api-operation.ts";

export class Names {
  private readonly numbers = new Map<ResourceType, Map<string, number>>();

  /** From now on the name means this; it may have meant something else before. */
  give(type: ResourceType, name: string, number: number): void {
    let known = this.numbers.get(type);
    if (known === undefined) {
      known = new Map();
      this.numbers.set(type, known);
    }
    known.set(name, number);
  }

  /** -1 where there is nothing of that name. */
  find(type: ResourceType, name: string): number {
    return this.numbers.get(type)?.get(name) ?? -1;
  }

  /** It is gone; nothing happens if there was none. */
  drop(type: ResourceType, name: string): void {
    this.numbers.get(type)?.delete(name);
  }
}
