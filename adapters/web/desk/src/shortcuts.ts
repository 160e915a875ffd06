// adapters/web/desk/src/shortcuts.ts - what the keys do; help_sheet.ts says it to people.

import type { DeskApp } from "./app.js";

/** Whether a key pressed there is text. */
function is_writing(event: KeyboardEvent) {
  const target = event.composedPath()[0];
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function go(app: DeskApp, step: number) {
  const { conversations, selected } = app.desk;
  if (conversations.length === 0) return;
  const at = selected ? conversations.indexOf(selected) : -1;
  open_at(app, (at + step + conversations.length) % conversations.length);
}

function open_at(app: DeskApp, at: number) {
  const conversation = app.desk.conversations[at];
  if (conversation) void app.open(conversation);
}

function answer(app: DeskApp, accepts: boolean) {
  const offer = app.desk.offers[0];
  if (offer) void app.desk.answer(offer, accepts);
}

const kWithAlt: Record<string, (app: DeskApp) => void> = {
  KeyA: (app) => answer(app, true),
  KeyD: (app) => answer(app, false),
  ArrowDown: (app) => go(app, 1),
  ArrowUp: (app) => go(app, -1),
  KeyS: (app) => app.view?.open_tool("page"),
  KeyL: (app) => app.view?.open_tool("later"),
  KeyE: (app) => app.view?.open_tool("leave"),
  KeyI: (app) => app.toggle_context(),
  KeyC: (app) => app.toggle_columns(),
  KeyM: (app) => app.toggle_sound(),
  KeyP: (app) => app.toggle_state(),
};

export function handle_key(event: KeyboardEvent, app: DeskApp) {
  if (app.desk.phase !== "on" || event.ctrlKey || event.metaKey) return;
  if (event.altKey) {
    const digit = /^Digit([1-9])$/.exec(event.code);
    const act = kWithAlt[event.code];
    if (!digit && !act) return;
    event.preventDefault();
    if (digit) open_at(app, Number(digit[1]) - 1);
    else act?.(app);
    return;
  }
  if (event.key === "?" && !is_writing(event)) app.show_help();
  if (event.key !== "Escape") return;
  if (app.view?.tool) app.view.close_tool();
  else if (app.narrow) app.desk.select(null);
}
