// adapters/web/desk/src/shortcuts.ts - what the keys do; help_sheet.ts says it to people.

import type { Conversation } from "./conversation.js";
import type { ConversationView } from "./conversation_view.js";
import type { Desk } from "./desk.js";

/** The desk on the screen, as far as keys reach. */
interface Workplace {
  readonly desk: Desk;
  readonly view: ConversationView | null;
  readonly narrow: boolean;
  open(one: Conversation): Promise<void>;
  show_help(): void;
  toggle_columns(): void;
  toggle_context(): void;
  toggle_sound(): void;
  toggle_state(): void;
}

/** Whether a key pressed there is text. */
function is_writing(event: KeyboardEvent) {
  const target = event.composedPath()[0];
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function go(place: Workplace, step: number) {
  const { conversations, selected } = place.desk;
  if (conversations.length === 0) return;
  const at = selected ? conversations.indexOf(selected) : -1;
  open_at(place, (at + step + conversations.length) % conversations.length);
}

function open_at(place: Workplace, at: number) {
  const conversation = place.desk.conversations[at];
  if (conversation) void place.open(conversation);
}

function answer(place: Workplace, accepts: boolean) {
  const offer = place.desk.offers[0];
  if (offer) void place.desk.answer(offer, accepts);
}

const kWithAlt: Record<string, (place: Workplace) => void> = {
  KeyA: (place) => answer(place, true),
  KeyD: (place) => answer(place, false),
  ArrowDown: (place) => go(place, 1),
  ArrowUp: (place) => go(place, -1),
  KeyS: (place) => place.view?.open_tool("page"),
  KeyL: (place) => place.view?.open_tool("later"),
  KeyE: (place) => place.view?.open_tool("leave"),
  KeyI: (place) => place.toggle_context(),
  KeyC: (place) => place.toggle_columns(),
  KeyM: (place) => place.toggle_sound(),
  KeyP: (place) => place.toggle_state(),
};

export function handle_key(event: KeyboardEvent, place: Workplace) {
  if (place.desk.phase !== "on" || event.ctrlKey || event.metaKey) return;
  if (event.altKey) {
    const digit = /^Digit([1-9])$/.exec(event.code);
    const act = kWithAlt[event.code];
    if (!digit && !act) return;
    event.preventDefault();
    if (digit) open_at(place, Number(digit[1]) - 1);
    else act?.(place);
    return;
  }
  if (event.key === "?" && !is_writing(event)) place.show_help();
  if (event.key !== "Escape") return;
  if (place.view?.tool) place.view.close_tool();
  else if (place.narrow) place.desk.select(null);
}
