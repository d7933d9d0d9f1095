// What passes between a proxy and one storage server. Each is a workflow of its own whose subject is the number of the contact (`Exchanges`): the
// proxy waits in vain for one that does not answer, is told at once by one whose device is unmounted or full, and otherwise has its work done.
// @source swift/proxy/controllers/obj.py, swift/obj/server.py, swift/container/server.py (2.30)
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { Operation } from "../../services/service.ts";
import { swift } from "../../services/swift.ts";
import type { Cloud } from "../cloud.ts";
import { act, at, call, decide, perform, type Step, type Workflow, wait, when } from "../vocabulary.ts";
import type { Exchanges } from "./exchanges.ts";

export const contactVerbs = [
  "putObject",
  "getObject",
  "headObject",
  "postObject",
  "deleteObject",
  "putContainer",
  "postContainer",
  "deleteContainer",
  "listObjects",
] as const;
export type ContactVerb = (typeof contactVerbs)[number];

const exchangesOf = (cloud: Cloud): Exchanges => cloud.objectStore!.exchanges;
const given =
  <T>(tells: (exchanges: Exchanges, contact: number) => T) =>
  (cloud: Cloud, contact: number): T =>
    tells(exchangesOf(cloud), contact);

const connTimeout = (cloud: Cloud) => cloud.objectStore!.settings.connTimeout;

function contact(name: string, ...steps: readonly Step[]): Workflow {
  return {
    name,
    subject: "none",
    steps: [
      at(
        swift.proxy,
        when(
          "it does not answer",
          given((exchanges, number) => exchanges.silent(number)),
          wait("connection", connTimeout),
        ),
        decide(
          "answers",
          given((exchanges, number): Outcome | null => {
            const status = exchanges.failsWith(number);
            return status === null ? null : status === 507 ? "HTTPInsufficientStorage" : "HTTPServiceUnavailable";
          }),
        ),
        ...steps,
        when(
          "it has died meanwhile",
          given((exchanges, number) => exchanges.hasDied(number)),
          wait("answer", (cloud) => cloud.objectStore!.settings.nodeTimeout),
        ),
        decide(
          "done",
          given((exchanges, number) => (exchanges.commit(number) ? null : "HTTPServiceUnavailable")),
        ),
      ),
    ],
    ended: (cloud, number, outcome) => exchangesOf(cloud).ended(number, outcome === null),
  };
}

const bytesFlow: readonly Step[] = [
  perform("bytes", (cloud, number, strand) => exchangesOf(cloud).send(number, strand)),
  act(
    "bytes are there",
    given((exchanges, number) => exchanges.arrived(number)),
  ),
];

/** An object server reports to a container server, and leaves the report on its device when that does not answer. */
const listed: readonly Step[] = [
  at(
    swift.object,
    when(
      "the container server answers",
      given((exchanges, number) => exchanges.listingReached(number) === true),
      call(swift.container.updateObject, "object, bytes"),
    ),
    when(
      "the container server does not answer",
      given((exchanges, number) => exchanges.listingReached(number) === false),
      wait("connection", connTimeout),
    ),
  ),
];

const found: readonly Step[] = [
  decide(
    "has it",
    given((exchanges, number): Outcome | null => (exchanges.finds(number) ? null : "HTTPNotFound")),
  ),
  act(
    "found",
    given((exchanges, number) => exchanges.hasFound(number)),
  ),
];

const asked = (operation: Operation, what: string, ...more: readonly Step[]): Workflow =>
  contact(`${operation.name} at ${operation.of.component} server`, call(operation, what), ...more);

const accountHears = at(swift.container, call(swift.account.updateContainer, "container, objects, bytes"));

export const contactWorkflow: Readonly<Record<ContactVerb, Workflow>> = {
  putObject: contact(
    "putObject at object server",
    when(
      "a quorum is connected",
      given((exchanges, number) => exchanges.sends(number)),
      ...bytesFlow,
      call(swift.object.putObject, "part, object, bytes"),
      ...listed,
    ),
  ),
  getObject: asked(swift.object.getObject, "part, object", ...found, ...bytesFlow),
  headObject: asked(swift.object.headObject, "part, object", ...found),
  postObject: asked(swift.object.postObject, "part, object, metadata"),
  deleteObject: asked(swift.object.deleteObject, "part, object", ...listed),
  putContainer: asked(swift.container.putContainer, "part, container", accountHears),
  postContainer: asked(swift.container.postContainer, "part, container, ACLs"),
  deleteContainer: asked(swift.container.deleteContainer, "part, container", accountHears),
  listObjects: asked(swift.container.listObjects, "part, container, marker", ...found),
};
