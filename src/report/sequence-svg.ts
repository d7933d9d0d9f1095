// A sequence diagram as one self-contained SVG: lifelines, arrows, and the time of each message at the left.
import { formatTime } from "../kernel/time.ts";
import type { Sequence } from "./sequence.ts";

const COLUMN = 190;
const LEFT = 140;
const TOP = 84;
const ROW = 30;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export function sequenceSvg({ title, participants, messages }: Sequence): string {
  const columnOf = new Map(participants.map(({ id }, index) => [id, LEFT + COLUMN / 2 + index * COLUMN]));
  const width = LEFT + participants.length * COLUMN + 20;
  const height = TOP + messages.length * ROW + 40;
  const start = messages[0]?.sentAt ?? 0;
  const lifelines = participants.map(({ id, label }) => {
    const x = columnOf.get(id)!;
    return [
      `<rect class="head" x="${x - 80}" y="40" width="160" height="26" rx="4"/>`,
      `<text class="label" x="${x}" y="58">${escaped(label)}</text>`,
      `<line class="life" x1="${x}" y1="66" x2="${x}" y2="${height - 20}"/>`,
    ].join("");
  });
  const arrows = messages.map(({ from, to, text, sentAt }, index) => {
    const y = TOP + index * ROW + 20;
    const [x1, x2] = [columnOf.get(from)!, columnOf.get(to)!];
    const time = `<text class="time" x="${LEFT - 12}" y="${y + 4}">+${escaped(formatTime(sentAt - start))}</text>`;
    const line =
      x1 === x2
        ? `<path class="arrow" marker-end="url(#tip)" d="M${x1} ${y - 6} h26 v12 h-24"/>`
        : `<line class="arrow" marker-end="url(#tip)" x1="${x1}" y1="${y}" x2="${x2 + (x2 > x1 ? -2 : 2)}" y2="${y}"/>`;
    const at = x1 === x2 ? x1 + 32 : Math.min(x1, x2) + 8;
    return `${time}${line}<text class="text" x="${at}" y="${x1 === x2 ? y + 4 : y - 5}">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
svg { background: #fff; font: 12px system-ui, sans-serif; }
.title { font-size: 15px; font-weight: 600; }
.head { fill: #eef3f8; stroke: #4a6785; }
.label { text-anchor: middle; }
.life { stroke: #9fb0c0; stroke-dasharray: 3 3; }
.arrow { stroke: #24476b; fill: none; }
.time { fill: #5d6b78; text-anchor: end; font-size: 11px; }
.text { fill: #1b2733; font-size: 11px; paint-order: stroke; stroke: #fff; stroke-width: 3px; }
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 Z" fill="#24476b"/></marker></defs>
<text class="title" x="16" y="24">${escaped(title)}</text>
${lifelines.join("\n")}
${arrows.join("\n")}
</svg>
`;
}
