// adapters/web/desk/src/context_panel.ts - <desk-context>: what is known about the customer, and who is here.

import { LitElement, css, html, nothing } from "lit";

import type { Conversation } from "./conversation.js";
import { facts_of, unfold } from "./facts.js";
import type { Context, Person } from "./protocol.js";
import { base } from "./ui.js";

const kRoles: Record<string, string> = {
  "1": "Customer",
  "2": "Agent",
  "3": "Supervisor",
  "4": "Automaton",
};

export class ContextPanel extends LitElement {
  static override properties = {
    conversation: { attribute: false },
    agent: { attribute: false },
    version: { attribute: false },
  };
  declare conversation: Conversation;
  /** Whose desk this is. */
  declare agent: string;
  declare version: number;

  static override styles = [
    base,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 1.1rem 1.25rem 2rem;
        background: var(--surface);
        scrollbar-width: thin;
      }
      section + section {
        margin-top: 1.4rem;
        padding-top: 1.2rem;
        border-top: 1px solid var(--line);
      }
      h2 {
        margin-bottom: 0.65rem;
        font-size: 0.867rem;
        font-weight: 620;
        color: var(--muted);
      }
      dl {
        display: grid;
        gap: 0.7rem;
      }
      dt {
        font-size: 0.8rem;
        color: var(--muted);
      }
      dd {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        font-weight: 500;
      }
      .d1 {
        padding-left: 0.9rem;
        border-left: 2px solid var(--line);
      }
      .d2 {
        padding-left: 1.8rem;
      }
      .d3 {
        padding-left: 2.7rem;
      }
      ul {
        display: grid;
        gap: 0.55rem;
        list-style: none;
      }
      li {
        display: flex;
        gap: 0.6rem;
        align-items: baseline;
        overflow-wrap: anywhere;
      }
      .dot {
        forced-color-adjust: none;
        flex: none;
        width: 9px;
        height: 9px;
        border-radius: 50%;
        background: var(--faint);
      }
      .dot.connected {
        background: var(--good);
      }
      .dot.degraded {
        background: var(--warn);
      }
    `,
  ];

  override render() {
    const { original, earlier } = unfold(this.conversation.context);
    const whom = earlier?.agent === this.agent ? "you" : earlier?.agent;
    const over = Boolean(this.conversation.ended);
    return html`
      <section>
        <h2>What it is about</h2>
        ${
          Object.keys(original).length === 0
            ? html`<p class="muted">The customer gave no details.</p>`
            : facts(in_order(original))
        }
      </section>
      ${
        earlier
          ? html`<section>
              <h2>From the conversation before</h2>
              <p>
                ${
                  earlier.before > 1
                    ? `Continued ${earlier.before} times, with ${whom}.`
                    : `Continued with ${whom}, as agreed.`
                }
              </p>
            </section>`
          : nothing
      }
      <section>
        <h2>${over ? "Who was here" : "Who is here"}</h2>
        <ul>
          ${this.conversation.roster.map((one) => this.#person(one))}
        </ul>
      </section>
    `;
  }

  #person(one: Person) {
    const role = kRoles[String(one.role)] ?? String(one.role);
    const name = Number(one.role) === 1 ? this.conversation.title : one.name || role;
    const states: Record<string, string> = {
      connected: "",
      degraded: "lost the connection for a moment",
      connecting: "connecting",
      invited: "invited",
      accepted: "joining",
    };
    const state = states[one.state] ?? one.state;
    return html`<li>
      <span class="dot ${this.conversation.ended ? "" : one.state}"></span>
      <span
        >${name}${one.leg === this.conversation.leg ? " (you)" : nothing}<br />
        <span class="small muted">${role}${state && !this.conversation.ended ? html` · ${state}` : nothing}</span></span
      >
    </li>`;
  }
}

const kFirst = ["topic", "name", "lang", "product"];

/** What one looks for first comes first; a store may have sorted the names. */
function in_order(context: Context): Context {
  const rank = (name: string) => (kFirst.includes(name) ? kFirst.indexOf(name) : kFirst.length);
  const entries = Object.entries(context);
  return Object.fromEntries(entries.sort(([one], [other]) => rank(one) - rank(other)));
}

function facts(context: Context) {
  return html`<dl>
    ${facts_of(context).map(
      (fact) =>
        html`<div class="d${fact.depth}">
          <dt>${fact.label}</dt>
          ${fact.value ? html`<dd dir="auto">${fact.value}</dd>` : nothing}
        </div>`,
    )}
  </dl>`;
}
