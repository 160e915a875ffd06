// sdk/web/later_element.js - <convene-later>: "talk later" and "talk now", the booking dialog, and what comes of it.

import { Api } from "./api.js";
import { calendar_entry, proposed_time } from "./calendar.js";
import { fill, h, icon } from "./dom.js";
import { how_to_bookmark, texts } from "./texts.js";
import { sheets } from "./theme.js";
import { when } from "./times.js";

const kCss = `
:host { display: inline-block; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; }
.note { margin-top: .6rem; }
dialog { width: min(30rem, calc(100vw - 2rem)); max-height: calc(100dvh - 2rem); overflow: auto; padding: 0; border: 1px solid transparent;
  border-radius: calc(var(--radius) * 1.4); background: var(--surface); color: var(--text);
  box-shadow: 0 24px 80px rgb(0 0 0 / .28); }
dialog::backdrop { background: rgb(10 20 17 / .45); }
.sheet { display: grid; gap: 1.1rem; padding: 1.6rem; }
header { display: flex; justify-content: space-between; align-items: start; gap: 1rem; }
h2 { font-size: 1.35rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
.close { min-height: 40px; width: 40px; padding: 0; margin: -.4rem -.6rem 0 0; }
form { display: grid; gap: 1rem; }
fieldset { display: grid; gap: .5rem; margin: 0; padding: 0; border: 0; }
legend { padding: 0 0 .3rem; font-weight: 550; }
.choice { display: flex; align-items: center; gap: .6rem; font-weight: 400; min-height: 32px; }
.choice input { width: 1.15em; min-height: 1.15em; height: 1.15em; accent-color: var(--accent); margin: 0; }
.fact { display: flex; gap: .6rem; align-items: center; color: var(--muted); font-size: .925rem; }
.optional { font-weight: 400; }
.reminder { padding: .7em .9em; border-radius: calc(var(--radius) * .7); background: var(--raised); display: flex; gap: .6rem; align-items: center; }
.full { width: 100%; }
`;

/** "lang:Language=en|English,fr|Français; name:Your name" -> fields of the form. A `?` after a name: not required. */
export function parse_fields(text) {
  return text
    .split(";")
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      const [, name, optional, label, choices] =
        /^([\w-]+)(\?)?(?::([^=]*))?(?:=(.*))?$/.exec(one) ?? [];
      return {
        name,
        required: !optional,
        label: (label ?? name ?? "").trim(),
        choices: choices?.split(",").map((choice) => {
          const [value, shown] = choice.split("|");
          return { value: value.trim(), label: (shown ?? value).trim() };
        }),
      };
    })
    .filter((field) => field.name);
}

/**
 * Attributes: `gateway` (origin; default: where this module came from), `flow` (talk later), `now-flow` (talk now; its
 * button is absent without), `fields` (see `parse_fields`), `context` (JSON object, added to every booking), `carriage`,
 * `with-time` (offers a time). A `<form slot="fields">` replaces the fields: its named controls are the context.
 * Events: `convene-booked` with the answer, `convene-refused` with the error.
 */
export class ConveneLater extends HTMLElement {
  static observedAttributes = ["flow", "now-flow", "fields", "with-time"];

  #root = this.attachShadow({ mode: "open" });
  #dialog = h("dialog", { "aria-labelledby": "title" });
  #api;
  #key = "";

  constructor() {
    super();
    this.#root.adoptedStyleSheets = sheets(kCss);
  }

  connectedCallback() {
    const gateway = this.getAttribute("gateway") ?? new URL(import.meta.url).origin;
    this.#api = new Api(gateway);
    this.#draw();
  }

  attributeChangedCallback() {
    if (this.#api) this.#draw();
  }

  /** The context of a booking: attribute `context`, then what the form says. */
  #context(form) {
    let context = {};
    try {
      context = JSON.parse(this.getAttribute("context") ?? "{}");
    } catch {
      console.error("convene-later: the attribute context is not JSON");
    }
    const slotted = this.querySelector('form[slot="fields"]');
    for (const source of [slotted, form]) {
      if (!source) continue;
      for (const [name, value] of new FormData(source)) {
        if (!name.startsWith("convene-") && typeof value === "string" && value.trim())
          context[name] = value.trim();
      }
    }
    return context;
  }

  #draw() {
    const note = h("p", { class: "note small muted", part: "note", role: "status", hidden: true });
    if (this.hasAttribute("now-flow")) void this.#say_who_is_there(note);
    fill(
      this.#root,
      h(
        "div",
        { class: "actions", part: "actions" },
        h(
          "button",
          { class: "primary", part: "later", type: "button", onclick: () => this.open() },
          icon("clock"),
          texts.later,
        ),
        this.hasAttribute("now-flow") &&
          h("button", { part: "now", type: "button", onclick: () => this.#talk_now() }, texts.now),
      ),
      note,
      this.#dialog,
    );
  }

  /** Whoever would talk now reads beforehand that nobody is there. A gateway that does not answer says nothing. */
  async #say_who_is_there(note) {
    const flow = this.getAttribute("now-flow") ?? "";
    const { flows } = await this.#api.availability(flow).catch(() => ({ flows: {} }));
    const said = { nobody: texts.now_nobody, long: texts.now_long }[flows[flow]?.wait];
    note.textContent = said ?? "";
    note.hidden = !said;
  }

  /** Shows the dialog. */
  open() {
    this.#key = crypto.randomUUID();
    this.#show_form();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #header(title) {
    return h(
      "header",
      {},
      h("h2", { id: "title" }, title),
      h(
        "button",
        {
          class: "quiet close",
          type: "button",
          "aria-label": texts.close,
          onclick: () => this.#dialog.close(),
        },
        icon("close"),
      ),
    );
  }

  #show_form() {
    const fields = parse_fields(this.getAttribute("fields") ?? "").map((field) => {
      const control = field.choices
        ? h(
            "select",
            { name: field.name, required: field.required },
            field.choices.map((one) => h("option", { value: one.value }, one.label)),
          )
        : h("input", {
            name: field.name,
            required: field.required,
            maxlength: 200,
            autocomplete: field.name === "name" ? "name" : "off",
          });
      const optional =
        !field.required &&
        h("span", { class: "muted small optional" }, ` (${texts.optional})`);
      return h("label", {}, h("span", {}, field.label, optional), control);
    });
    const problem = h("p", { class: "warn", role: "alert", hidden: true });
    const submit = h("button", { class: "primary full", type: "submit" }, texts.book);
    const form = h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          void this.#book(form, submit, problem);
        },
      },
      fields,
      h("slot", { name: "fields" }),
      this.hasAttribute("with-time") && this.#time_choice(),
      problem,
      submit,
    );
    fill(
      this.#dialog,
      h(
        "div",
        { class: "sheet" },
        this.#header(texts.dialog_title),
        h("p", { class: "muted" }, texts.dialog_intro),
        form,
      ),
    );
  }

  #time_choice() {
    const local = (ms) =>
      new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    const time = h("input", {
      type: "datetime-local",
      name: "convene-at",
      "aria-label": texts.at_time,
      min: local(Date.now()),
      value: local(proposed_time()),
      disabled: true,
      hidden: true,
    });
    const choose = (timed) => {
      time.disabled = !timed;
      time.hidden = !timed;
      if (timed) time.focus();
    };
    const choice = (label, timed) =>
      h(
        "label",
        { class: "choice" },
        h("input", {
          type: "radio",
          name: "convene-when",
          checked: !timed,
          onchange: () => choose(timed),
        }),
        label,
      );
    return h(
      "fieldset",
      {},
      h("legend", {}, texts.when),
      choice(texts.on_return, false),
      choice(texts.at_time, true),
      time,
    );
  }

  async #book(form, submit, problem) {
    const at = new FormData(form).get("convene-at");
    const reminder = at ? new Date(String(at)).getTime() : null;
    submit.disabled = true;
    submit.textContent = texts.booking;
    problem.hidden = true;
    try {
      const wish = {
        flow: this.getAttribute("flow") ?? "talk_later",
        context: this.#context(form),
      };
      const carriage = this.getAttribute("carriage");
      if (carriage) wish.carriage = carriage;
      const booked = await this.#api.book(wish, this.#key);
      this.dispatchEvent(
        new CustomEvent("convene-booked", { detail: booked, bubbles: true, composed: true }),
      );
      this.#show_result(booked, reminder);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      submit.disabled = false;
      submit.textContent = texts.book;
      this.dispatchEvent(
        new CustomEvent("convene-refused", { detail: error, bubbles: true, composed: true }),
      );
    }
  }

  #show_result(booked, reminder) {
    const page = new URL(booked.link ?? booked.page, this.#api.base).href;
    const open = h(
      "a",
      { class: "button primary full", href: page, target: "_blank", rel: "noopener" },
      icon("out"),
      texts.open_page,
    );
    const status = h("span", { class: "visually-hidden", role: "status" });
    const copy = h("button", { type: "button" }, icon("link"), texts.copy);
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(page);
      fill(copy, icon("check"), texts.copied);
      status.textContent = texts.copied;
    });
    const entry = calendar_entry({
      title: texts.calendar_title,
      url: page,
      at: reminder ?? proposed_time(),
    });
    const calendar = h(
      "a",
      {
        class: "button",
        href: URL.createObjectURL(new Blob([entry], { type: "text/calendar" })),
        download: "conversation.ics",
      },
      icon("calendar"),
      texts.calendar,
    );
    const carried_by_link = Boolean(booked.link ?? booked.id);
    fill(
      this.#dialog,
      h(
        "div",
        { class: "sheet" },
        this.#header(texts.booked_title),
        h("p", {}, texts.booked_intro),
        open,
        reminder && h("p", { class: "reminder" }, icon("clock"), texts.reminder(when(reminder))),
        h("div", { class: "row" }, carried_by_link && copy, calendar, status),
        h("p", { class: "fact" }, icon("bookmark"), texts.bookmark(how_to_bookmark())),
        !carried_by_link && h("p", { class: "fact" }, icon("check"), texts.booked_here),
        booked.expires_at &&
          h("p", { class: "fact" }, icon("clock"), texts.valid_until(when(booked.expires_at))),
      ),
    );
    open.focus();
  }

  /** The conversation runs on the gateway's own page; what it is about travels in the fragment, which no server sees. */
  #talk_now() {
    const wish = new URLSearchParams({
      flow: this.getAttribute("now-flow") ?? "",
      context: JSON.stringify(this.#context(null)),
    });
    open(`${this.#api.base}/#${wish}`, "_blank", "noopener");
  }
}
