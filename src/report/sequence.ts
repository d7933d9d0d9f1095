// One server's calls as a sequence diagram: participants in the order they come in, messages in the order they were sent. Whole services as
// participants, or their parts.
import type { RecordedCall } from "../experiment/call-record.ts";
import { formatTime } from "../kernel/time.ts";

export interface Participant {
  readonly id: string;
  readonly label: string;
}

export interface Message {
  readonly from: string;
  readonly to: string;
  /** The operation, and what is sent. */
  readonly text: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Sequence {
  readonly title: string;
  readonly participants: readonly Participant[];
  readonly messages: readonly Message[];
}

const titles: Readonly<Record<string, string>> = { user: "User", vm: "VM" };
const titleOf = (service: string) => titles[service] ?? `${service[0]!.toUpperCase()}${service.slice(1)}`;

/** `api` is "API", `messageQueue` "message queue". */
function partOf(component: string): string {
  return component === "api" ? "API" : component.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** @param parts the parts of services are participants, and so is what they send each other; otherwise services are */
export function sequenceOf(title: string, calls: readonly RecordedCall[], parts: boolean): Sequence {
  const idOf = (key: string) => (parts ? key.replace(".", "_") : key.split(".")[0]!);
  const labelOf = (key: string) => {
    const [service, component] = key.split(".");
    return parts && component !== undefined ? `${titleOf(service!)} ${partOf(component)}` : titleOf(service!);
  };
  const participants = new Map<string, string>();
  const messages: Message[] = [];
  for (const { from, to, operation, what, sentAt, answeredAt } of calls) {
    if (!parts && idOf(from) === idOf(to)) continue;
    // The queue stands between the parts of a service; between services it says nothing.
    if (!parts && operation.startsWith("nova.messageQueue.")) continue;
    for (const key of [from, to]) if (!participants.has(idOf(key))) participants.set(idOf(key), labelOf(key));
    const verb = operation.slice(operation.lastIndexOf(".") + 1);
    messages.push({ from: idOf(from), to: idOf(to), text: `${verb}(${what})`, sentAt, answeredAt });
  }
  return { title, participants: [...participants].map(([id, label]) => ({ id, label })), messages };
}

/** The diagram in Mermaid's language. */
export function sequenceMermaid({ title, participants, messages }: Sequence): string {
  const start = messages[0]?.sentAt ?? 0;
  const lines = [
    "sequenceDiagram",
    `  title ${title.replaceAll(/[;#]/g, ",")}`,
    ...participants.map(({ id, label }) => `  participant ${id} as ${label}`),
    ...messages.map(({ from, to, text, sentAt, answeredAt }) => {
      return `  ${from}->>${to}: ${text} at +${formatTime(sentAt - start)}, ${((answeredAt - sentAt) / 1000).toFixed(1)} ms`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}
