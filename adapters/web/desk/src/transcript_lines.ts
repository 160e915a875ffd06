// adapters/web/desk/src/transcript_lines.ts - a conversation as lines: what was said, what happened, where days begin.

import type { Conversation, Happening } from "./conversation.js";
import type { Entry } from "./protocol.js";
import { other_day } from "./ui.js";

const kTogether_ms = 180_000;

/** `first`: somebody else than before, or long after; then the line says who and when. */
export type Line =
  | { key: string; entry: Entry; first: boolean }
  | { key: string; happening: Happening }
  | { key: string; day: number };

export function lines_of(conversation: Conversation): Line[] {
  const lines: Line[] = [];
  const happenings = [...conversation.happenings];
  const happened = (happening: Happening) => ({
    key: `h${happening.at}${happening.text}`,
    happening,
  });
  let last: Entry | undefined;
  let last_at = Date.now(); // Today needs no line, unless it comes after another day.
  for (const entry of conversation.timeline.entries as readonly (Entry & {
    generation?: number;
  })[]) {
    const key = `${entry.generation}/${entry.ch}/${entry.n}`;
    while (happenings[0] && happenings[0].at < entry.at) {
      lines.push(happened(happenings.shift() as Happening));
      last = undefined;
    }
    if (other_day(entry.at, last_at)) {
      lines.push({ key: `day ${key}`, day: entry.at });
      last = undefined;
    }
    const first =
      last?.mine !== entry.mine ||
      last.name !== entry.name ||
      entry.at - last.at > kTogether_ms;
    lines.push({ key, entry, first });
    last = entry;
    last_at = entry.at;
  }
  return lines.concat(happenings.map(happened));
}
