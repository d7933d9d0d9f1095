// Clients that read what is there again and again: objects written once, before the run, and popular by Zipf's law.
// @source Breslau et al., "Web Caching and Zipf-like Distributions", INFOCOM 1999
import { log, pow } from "../../kernel/elementary.ts";
import type { Stream } from "../../kernel/random.ts";
import type { EventKind } from "../../kernel/simulation.ts";
import { SECOND } from "../../kernel/time.ts";
import type { ApiClient } from "../api/api-client.ts";
import type { Cloud } from "../cloud.ts";
import { accountOf, serviceIdentity } from "./identities.ts";
import { objectCloudOf } from "./object-cloud.ts";

export interface ObjectReadsSpec {
  readonly ratePerSecond: number;
  readonly objects: number;
  /** Of each. */
  readonly bytes: number;
  /** Exponent of Zipf's law. */
  readonly skew: number;
  readonly container: string;
  /** Absent: the first. */
  readonly storagePolicy?: string;
}

export class ObjectReads {
  private readonly cloud: Cloud;
  private readonly client: ApiClient;
  private readonly spec: ObjectReadsSpec;
  private readonly draws: Stream;
  private readonly read: EventKind;
  /** Weights of the objects up to each, by rank. */
  private readonly weights: Float64Array;
  private count = 0;

  constructor(cloud: Cloud, client: ApiClient, spec: ObjectReadsSpec) {
    this.cloud = cloud;
    this.client = client;
    this.spec = spec;
    this.draws = cloud.streams.stream("swift.reads");
    this.weights = new Float64Array(spec.objects);
    let sum = 0;
    for (let rank = 0; rank < spec.objects; rank++) {
      sum += pow(rank + 1, -spec.skew);
      this.weights[rank] = sum;
    }
    this.store();
    this.read = cloud.simulation.kind("object is wanted", (number) => this.ask(number));
    this.schedule();
  }

  /** What has been there for long takes no time. */
  private store(): void {
    const { container, objects, bytes, storagePolicy } = this.spec;
    const { store } = objectCloudOf(this.cloud);
    const identity = { ...serviceIdentity("preloader"), roles: ["ResellerAdmin"] };
    const asking = { account: accountOf(0), container, identity };
    store.containers.put(asking, storagePolicy === undefined ? {} : { storagePolicy });
    for (let rank = 0; rank < objects; rank++) store.putObject({ ...asking, object: nameOf(rank) }, bytes, 0);
  }

  private schedule(): void {
    const wait = -log(1 - this.draws.uniform(this.count, 0)) / this.spec.ratePerSecond;
    this.cloud.simulation.schedule(Math.round(wait * SECOND), this.read, this.count++);
  }

  private ask(number: number): void {
    this.schedule();
    const object = nameOf(this.rankOf(this.draws.uniform(number, 1)));
    const { container } = this.spec;
    this.client.send({ operation: "object save", project: 0, user: "", server: -1, args: { container, object } });
  }

  /** The first object up to which the weights are more than a share of them all. */
  private rankOf(share: number): number {
    const wanted = share * this.weights.at(-1)!;
    let [low, high] = [0, this.weights.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.weights[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const nameOf = (rank: number): string => `object-${rank + 1}`;
