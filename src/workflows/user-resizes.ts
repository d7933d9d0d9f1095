// Users who resize their servers: each server that is launched is resized or not, by chance, once, some time later, to another flavor of the cloud.
// Until the resize is confirmed the server has room on two hosts, which is what such a run is there to measure.
//
// Assumes that a user whose resize is refused or fails does not come again.
import type { Distribution } from "../kernel/distribution.ts";
import type { EventKind } from "../kernel/simulation.ts";
import type { Cloud } from "./cloud.ts";
import type { ColdMoves, Confirmation } from "./cold-moves.ts";
import type { Moves } from "./moves.ts";

export interface ResizesSpec {
  /** Share of the servers that are resized. */
  readonly probability: number;
  /** From the launch. */
  readonly after: Distribution;
  /** Weights of the flavors to resize to, by index; the server's own is left out. */
  readonly flavorWeights: readonly number[];
  readonly confirmation: Confirmation;
}

export class UserResizes {
  /** Resizes that Nova's API refused: the server was gone, stopped or busy. */
  refused = 0;
  private readonly cloud: Cloud;
  private readonly spec: ResizesSpec;
  private readonly moves: Moves;
  private readonly coldMoves: ColdMoves;
  private readonly wants: EventKind;

  constructor(cloud: Cloud, spec: ResizesSpec, moves: Moves, coldMoves: ColdMoves) {
    this.cloud = cloud;
    this.spec = spec;
    this.moves = moves;
    this.coldMoves = coldMoves;
    this.wants = cloud.simulation.kind("user resizes a server", (server) => this.resize(server));
    cloud.notifications.on("instance.create.end", (server) => this.consider(server));
  }

  private consider(server: number): void {
    const { simulation, streams } = this.cloud;
    const { probability, after } = this.spec;
    if (!(streams.stream("resize.wanted").uniform(server, 0) < probability)) return;
    const time = streams.stream("resize.after").sample(after, server, 0);
    if (time < 2 ** 52) simulation.schedule(Math.max(0, Math.round(time)), this.wants, server);
  }

  private resize(server: number): void {
    const flavor = this.flavorFor(server);
    if (flavor < 0) return;
    const answer = this.coldMoves.begin(server, () => this.moves.startResize(server, flavor), this.spec.confirmation);
    if (!answer.accepted) this.refused++;
  }

  /** -1: there is no other flavor with a weight. */
  private flavorFor(server: number): number {
    const { servers, streams } = this.cloud;
    const own = servers.flavor[server]!;
    const weights = this.spec.flavorWeights.map((weight, flavor) => (flavor === own ? 0 : weight));
    let left = streams.stream("resize.flavor").uniform(server, 0) * weights.reduce((sum, weight) => sum + weight, 0);
    let last = -1;
    for (const [flavor, weight] of weights.entries()) {
      if (weight === 0) continue;
      last = flavor;
      left -= weight;
      if (left < 0) break;
    }
    return last;
  }
}
