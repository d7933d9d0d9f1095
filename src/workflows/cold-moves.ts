// Cold migrations and resizes from the request to the user's last word: a server that has arrived waits with two claims until somebody confirms or
// reverts. Who began the move says when that is, and how likely he is to want the server back as it was.
//
// Assumes that the last word is drawn when the time for it has come, and that a confirmation that came to nothing is tried again a minute later.
import type { Distribution } from "../kernel/distribution.ts";
import type { TimerKind } from "../kernel/simulation.ts";
import { MINUTE, type Micros } from "../kernel/time.ts";
import type { Cloud } from "./cloud.ts";
import type { Answer, Moves } from "./moves.ts";

/** `live` is for servers whose guests run: the others go cold. */
export type MoveMethod = "live" | "cold";

export interface Confirmation {
  /** From the arrival; null: nobody says anything, and Nova confirms by itself after resize_confirm_window, or never. */
  readonly after: Distribution | null;
  /** Share of the moves that are reverted then instead of confirmed. */
  readonly revertProbability: number;
}

export const leftToTheWindow: Confirmation = { after: null, revertProbability: 0 };

interface Waiting {
  readonly confirmation: Confirmation;
  readonly migration: number;
  readonly arrived: (moved: boolean) => void;
  asked: boolean;
}

export class ColdMoves {
  private readonly cloud: Cloud;
  private readonly moves: Moves;
  private readonly waiting = new Map<number, Waiting>(); // by server
  private lastWord: TimerKind | null = null;

  constructor(cloud: Cloud, moves: Moves) {
    this.cloud = cloud;
    this.moves = moves;
    cloud.moving.settledListeners.push((server) => this.settled(server));
    cloud.moving.endListeners.push((migration) => this.ended(migration));
  }

  /** Live where the guest runs and that is the method; `arrived` is called once, with true if the server has left its host. */
  leaveHost(server: number, method: MoveMethod, confirmation: Confirmation, arrived: (moved: boolean) => void): void {
    const { servers, hosts } = this.cloud;
    // Nova's ironic driver cannot migrate.
    if (hosts.hypervisorType(servers.host[server]!) === "ironic") arrived(false);
    else if (method === "live" && servers.vmStateOf(server) !== "stopped") this.moves.leaveHost(server, arrived);
    else this.begin(server, () => this.moves.startMigration(server), confirmation, arrived);
  }

  /** Begins a cold migration or a resize; `arrived` is called once, when the server waits to be confirmed (true) or the move has failed. */
  begin(server: number, request: () => Answer, confirmation: Confirmation, arrived: (moved: boolean) => void = () => {}): Answer {
    const { moving } = this.cloud;
    const answer = request();
    if (!answer.accepted) {
      arrived(false);
      return answer;
    }
    const { endedAt } = moving.migrations.row(answer.migration);
    if (endedAt >= 0) arrived(false);
    else {
      this.waiting.set(server, { confirmation, migration: answer.migration, arrived, asked: false });
      if (this.hasArrived(server)) this.settled(server); // without a control plane it is there at once
    }
    return answer;
  }

  private hasArrived(server: number): boolean {
    return this.cloud.servers.vmStateOf(server) === "resized" && this.cloud.servers.taskStateOf(server) === "none";
  }

  private settled(server: number): void {
    const move = this.waiting.get(server);
    if (move === undefined) return;
    const { simulation, streams } = this.cloud;
    const first = !move.asked;
    move.asked = true;
    if (first) move.arrived(true);
    const { after } = move.confirmation;
    if (after === null || !this.waiting.has(server)) return;
    this.lastWord ??= simulation.timer("resize is confirmed or reverted", (asked) => this.decide(asked));
    const time: Micros = first ? streams.stream("resize.confirm").sample(after, server, move.migration) : MINUTE;
    // Longer than any run: never.
    if (time < 2 ** 52) simulation.set(Math.max(0, Math.round(time)), this.lastWord, server);
  }

  private decide(server: number): void {
    const move = this.waiting.get(server);
    if (move === undefined || !this.hasArrived(server)) return;
    const { revertProbability } = move.confirmation;
    const draws = this.cloud.streams.stream("resize.revert");
    if (revertProbability > 0 && draws.uniform(server, move.migration) < revertProbability) this.moves.revertResize(server);
    else this.moves.confirmResize(server);
  }

  private ended(migration: number): void {
    const { server } = this.cloud.moving.migrations.row(migration);
    const move = this.waiting.get(server);
    if (move === undefined || move.migration !== migration) return;
    this.waiting.delete(server);
    if (this.lastWord !== null) this.cloud.simulation.cancel(this.lastWord, server);
    if (!move.asked) move.arrived(false);
  }
}
