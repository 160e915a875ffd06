// adapters/web/desk/src/show_page_form.ts - which page to show: an address, a title, and what was shown before.

import { html, nothing } from "lit";

import type { Conversation } from "./conversation.js";

const kBeforeMost = 20;

/** Pages that this agent has shown in any of `conversations`, newest first: address -> title. */
function shown_before(conversations: readonly Conversation[]): Map<string, string> {
  const entries = conversations
    .flatMap((one) => one.timeline.entries.filter((entry) => entry.mine && entry.ch === "page"))
    .sort((one, other) => other.at - one.at);
  const pages = new Map<string, string>();
  for (const { body } of entries) {
    if (body.url && !pages.has(body.url) && pages.size < kBeforeMost)
      pages.set(body.url, body.title ?? "");
  }
  return pages;
}

/** `show(url, title)` is called with what was written; `problem` says why that was not taken. */
export function show_page_form(
  conversations: readonly Conversation[],
  problem: string,
  show: (url: string, title: string) => void,
) {
  const before = shown_before(conversations);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    show(String(said.get("url")).trim(), String(said.get("title")).trim());
  };
  /** An address that was shown before brings its title along. */
  const typed = (event: InputEvent) => {
    const url = event.target as HTMLInputElement;
    const title = url.form?.elements.namedItem("title") as HTMLInputElement;
    if (!title.value) title.value = before.get(url.value.trim()) ?? "";
  };
  return html`<form class="tool" @submit=${submit} novalidate>
    <label class="small"
      >Address<input
        name="url"
        type="url"
        list="before"
        placeholder="https://…"
        autocomplete="off"
        @input=${typed}
    /></label>
    <label class="small"
      >Title (optional)<input name="title" maxlength="120" autocomplete="off"
    /></label>
    <button class="primary">Show</button>
    <datalist id="before">
      ${[...before].map(([url, title]) => html`<option value=${url} label=${title || url}></option>`)}
    </datalist>
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
  </form>`;
}
