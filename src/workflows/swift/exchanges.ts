// A proxy asks storage servers: all primaries of a part at once where something is written, one after the other where something is read; for each
// that does not answer or refuses, the next handoff. Which those are the store has said; here they get their time, and the client his answer when
// a quorum has answered.
//
// Assumes that a proxy that looks on after a node has died in the middle of a read asks for the bytes that it has not had yet.
// @source swift/proxy/controllers/obj.py: _get_put_responses (post_quorum_timeout); swift/proxy/controllers/base.py: GetOrHeadHandler (2.30)
import type { Contact } from "../../datacenter/object-store/replies.ts";
import { swiftParameters } from "../../datacenter/object-store/swift-parameters.ts";
import type { EventKind } from "../../kernel/simulation.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import { type ContactVerb, contactVerbs, contactWorkflow } from "./contact-workflows.ts";
import type { ObjectCloud } from "./object-cloud.ts";
import type { Sending } from "./sendings.ts";

export interface ExchangeOrder {
  readonly verb: ContactVerb;
  readonly contacts: readonly Contact[];
  /** Good answers that it takes. */
  readonly quorum: number;
  /** A write goes to all primaries at once; a read to as many as it needs. */
  readonly writes: boolean;
  /** Attach point of the proxy. */
  readonly proxy: number;
  /** Whether bytes are to flow, once a quorum of connections stands. */
  readonly sends: boolean;
  /** What the contact is to do when its work is done. False: it could not. */
  readonly commit: (contact: number) => boolean;
  /** Devices of the container's databases that an object server reports to, by contact; null: to none. */
  readonly reportsTo: readonly number[] | null;
  /** After a node has died in the middle: what else there is to ask. */
  readonly again: () => readonly Contact[];
}

interface Exchange extends ExchangeOrder {
  /** As many are under way; each takes the place of the one that failed before it. */
  open: number;
  good: number;
  /** Contacts whose bytes have not all arrived, or that have not found anything. */
  sending: number;
  /** Contacts that anybody whose own has failed turns to. */
  readonly further: number[];
  readonly all: Contact[];
  found: number;
  /** The time for answers after the quorum runs. */
  timing: boolean;
  over: boolean;
  /** Who waited for the end has been told. */
  told: boolean;
  waitsForFound: number;
  waitsForEnd: number;
}

interface UnderWay {
  readonly exchange: number;
  /** In the list of contacts. */
  readonly index: number;
  readonly contact: Contact;
  readonly limited: boolean;
  /** No more than these are asked for. */
  readonly most: number;
  sent: boolean;
}

const NOBODY = -1;

export class Exchanges {
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine;
  private readonly objects: ObjectCloud;
  private readonly workflows: Readonly<Record<ContactVerb, number>>;
  private readonly exchanges = new Map<number, Exchange>();
  private readonly contacts = new Map<number, UnderWay>();
  private readonly quorumWaited: EventKind;
  private count = 0;

  constructor(cloud: Cloud, engine: WorkflowEngine, objects: ObjectCloud) {
    this.cloud = cloud;
    this.engine = engine;
    this.objects = objects;
    this.workflows = Object.fromEntries(contactVerbs.map((verb) => [verb, engine.add(contactWorkflow[verb])])) as Record<
      ContactVerb,
      number
    >;
    this.quorumWaited = cloud.simulation.kind("answer to a write", (exchange) => this.finish(exchange));
  }

  /** Contacts that proxies are at. */
  get underWay(): number {
    return this.contacts.size;
  }

  /** Exchanges that are not over for everybody. */
  get open(): number {
    return this.exchanges.size;
  }

  /** Returns the number of the exchange. */
  begin(order: ExchangeOrder): number {
    const number = this.count++;
    const places = [...order.contacts.keys()];
    const first = order.writes ? places.filter((place) => !order.contacts[place]!.handoff) : places.slice(0, order.quorum);
    const exchange: Exchange = {
      ...order,
      open: first.length,
      good: 0,
      sending: order.sends ? first.length : 0,
      further: places.filter((place) => !first.includes(place)),
      all: [...order.contacts],
      found: 0,
      timing: false,
      over: false,
      told: false,
      waitsForFound: NOBODY,
      waitsForEnd: NOBODY,
    };
    this.exchanges.set(number, exchange);
    for (const place of first) this.ask(number, place, Number.POSITIVE_INFINITY);
    if (first.length === 0) this.finish(number);
    return number;
  }

  /** The strand goes on when as many as it takes have found what is wanted, or all is over. */
  waitForFound(number: number, strand: number): void {
    const exchange = this.exchanges.get(number)!;
    if (exchange.over || exchange.found >= exchange.quorum) this.cloud.performed(strand, null);
    else exchange.waitsForFound = strand;
  }

  /** The strand goes on when the proxy has its answer. To be called once for each exchange, last. */
  waitForEnd(number: number, strand: number): void {
    const exchange = this.exchanges.get(number)!;
    if (exchange.over) this.cloud.performed(strand, null);
    else exchange.waitsForEnd = strand;
  }

  /** After its end: did a quorum give good answers? Told once. */
  succeeded(number: number): boolean {
    const exchange = this.exchanges.get(number)!;
    exchange.told = true;
    this.forget(number, exchange);
    return exchange.good >= exchange.quorum;
  }

  // What the workflow of a contact asks and tells.

  silent(number: number): boolean {
    const { contact, limited } = this.contacts.get(number)!;
    return contact.status === 0 && !limited;
  }

  /** HTTP status with which the contact ends before its work begins; 0: it does not answer; null: it answers. */
  failsWith(number: number): number | null {
    const { contact, limited } = this.contacts.get(number)!;
    const { limiter } = this.objects;
    const { now } = this.cloud.simulation;
    // One that is left alone makes no more errors.
    if (contact.status === 0 && !limited) limiter.error(contact.device, now);
    if (contact.status === 507 && !limited) limiter.limit(contact.device, now);
    return contact.status === 0 || contact.status === 507 ? contact.status : null;
  }

  sends(number: number): boolean {
    return this.exchanges.get(this.contacts.get(number)!.exchange)!.sends;
  }

  /** Is what it looks for there? */
  finds(number: number): boolean {
    return this.contacts.get(number)!.contact.status === 200;
  }

  /** It has found what is wanted, and its bytes begin to flow. */
  hasFound(number: number): void {
    const exchange = this.exchanges.get(this.contacts.get(number)!.exchange)!;
    exchange.found++;
    if (exchange.found < exchange.quorum || exchange.waitsForFound === NOBODY) return;
    const strand = exchange.waitsForFound;
    exchange.waitsForFound = NOBODY;
    this.cloud.performed(strand, null);
  }

  /** The bytes of a contact begin to flow, unless its device is gone since it was asked. */
  send(number: number, strand: number): void {
    if (this.objects.state(this.contacts.get(number)!.contact.device) === "up") {
      this.objects.sendings.begin(number, strand, this.sendingOf(number));
    } else this.cloud.performed(strand, "HTTPServiceUnavailable");
  }

  private sendingOf(number: number): Sending {
    const { contact, exchange, most } = this.contacts.get(number)!;
    const { proxy, writes } = this.exchanges.get(exchange)!;
    const point = this.objects.pointOf(contact.device);
    return { bytes: Math.min(contact.bytes, most), from: writes ? proxy : point, to: writes ? point : proxy, devices: [contact.device] };
  }

  /** All its bytes have arrived. */
  arrived(number: number): void {
    const underWay = this.contacts.get(number)!;
    this.objects.sendings.ended(number);
    underWay.sent = true;
    const exchange = this.exchanges.get(underWay.exchange)!;
    exchange.sending--;
    this.afterAnswer(underWay.exchange, exchange);
  }

  /** Whether the container server that its object server reports to answers; null: it reports to none. */
  listingReached(number: number): boolean | null {
    const { exchange, index } = this.contacts.get(number)!;
    const { reportsTo } = this.exchanges.get(exchange)!;
    if (reportsTo === null || reportsTo.length === 0) return null;
    return this.objects.state(reportsTo[index % reportsTo.length]!) === "up";
  }

  /** The node has died since it was asked. */
  hasDied(number: number): boolean {
    return this.objects.state(this.contacts.get(number)!.contact.device) === "down";
  }

  /** The work of the contact is done where that is still possible. */
  commit(number: number): boolean {
    const { exchange, index } = this.contacts.get(number)!;
    return this.exchanges.get(exchange)!.commit(index);
  }

  /** The workflow of a contact has ended. */
  ended(number: number, well: boolean): void {
    const { exchange: of, sent, most, contact: asked } = this.contacts.get(number)!;
    const exchange = this.exchanges.get(of)!;
    this.contacts.delete(number);
    const left = this.objects.sendings.leftOf(number);
    if (well) {
      if (!sent) exchange.sending--;
      exchange.good++;
      exchange.open--;
      this.afterAnswer(of, exchange);
      return;
    }
    if (asked.status === 200 && exchange.sends && !exchange.writes) {
      // The rest comes from somebody else.
      exchange.found--;
      const tried = new Set(exchange.all.map(({ device }) => device));
      for (const contact of exchange.again()) if (!tried.has(contact.device)) exchange.further.push(exchange.all.push(contact) - 1);
    }
    const next = exchange.over ? undefined : exchange.further.shift();
    if (next !== undefined) {
      if (sent && exchange.sends) exchange.sending++;
      this.ask(of, next, left > 0 ? left : most);
      return;
    }
    if (!sent) exchange.sending--;
    exchange.open--;
    this.afterAnswer(of, exchange);
  }

  private ask(exchange: number, index: number, most: number): void {
    const of = this.exchanges.get(exchange)!;
    const contact = of.all[index]!;
    const limited = this.objects.limiter.isLimited(contact.device, this.cloud.simulation.now);
    const number = this.objects.sendings.next();
    this.contacts.set(number, { exchange, index, contact, limited, most, sent: !of.sends });
    this.engine.start(this.workflows[of.verb], number);
  }

  private afterAnswer(number: number, exchange: Exchange): void {
    if (exchange.open === 0) {
      this.finish(number);
      this.forget(number, exchange);
    } else if (exchange.writes && exchange.good >= exchange.quorum && exchange.sending === 0 && !exchange.timing) {
      exchange.timing = true;
      this.cloud.simulation.schedule(swiftParameters.postQuorumTimeoutMicros.value, this.quorumWaited, number);
    }
  }

  /** Nobody has to do with it any more. */
  private forget(number: number, { over, told, open }: Exchange): void {
    if (over && told && open === 0) this.exchanges.delete(number);
  }

  /** The proxy answers, if it has not already. */
  private finish(number: number): void {
    const exchange = this.exchanges.get(number);
    if (exchange === undefined || exchange.over) return;
    exchange.over = true;
    if (exchange.waitsForFound !== NOBODY) {
      const strand = exchange.waitsForFound;
      exchange.waitsForFound = NOBODY;
      this.cloud.performed(strand, null);
    }
    if (exchange.waitsForEnd === NOBODY) return;
    const strand = exchange.waitsForEnd;
    exchange.waitsForEnd = NOBODY;
    this.cloud.performed(strand, null);
  }
}
