// adapters/web/desk/src/help_sheet.ts - <desk-help>: the keys, in one place.

import { LitElement, css, html } from "lit";

import { base, icon } from "./ui.js";

const kKeys: [string, string][] = [
  ["Alt A", "Accept the oldest offer"],
  ["Alt D", "Decline the oldest offer"],
  ["Alt ↓  Alt ↑", "Next, previous conversation"],
  ["Alt 1 … 9", "Go to a conversation"],
  ["Enter", "Send; Shift Enter makes a new line"],
  ["Alt S", "Show a page"],
  ["Alt L", "Continue later with you"],
  ["Alt E", "End the conversation; close one that is over"],
  ["Alt I", "What is known about the customer"],
  ["Alt C", "Conversations side by side"],
  ["Alt P", "Ready, paused"],
  ["Alt M", "Sound and notifications"],
  ["Esc", "Close what is open"],
  ["?", "This sheet"],
];

export class HelpSheet extends LitElement {
  static override styles = [
    base,
    css`
      dialog {
        width: min(27rem, calc(100vw - 2rem));
        padding: 1.5rem 1.6rem 1.7rem;
        border: 1px solid transparent;
        border-radius: 18px;
        background: var(--surface);
        color: var(--text);
        box-shadow: 0 24px 80px rgb(0 0 0 / 0.3);
      }
      dialog::backdrop {
        background: rgb(8 18 15 / 0.4);
      }
      .head {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 1rem;
      }
      h2 {
        font-size: 1.15rem;
        font-weight: 640;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.6rem 1.2rem;
        align-items: baseline;
      }
      dt {
        display: flex;
        gap: 0.3rem;
      }
    `,
  ];

  open() {
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  #close() {
    this.renderRoot.querySelector("dialog")?.close();
  }

  override render() {
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">Keys</h2>
        <button class="quiet icon-only" aria-label="Close" @click=${this.#close}>
          ${icon("close")}
        </button>
      </div>
      <dl>
        ${kKeys.map(
          ([keys, what]) =>
            html`<dt>${keys.split("  ").map((one) => html`<kbd>${one}</kbd>`)}</dt>
              <dd>${what}</dd>`,
        )}
      </dl>
    </dialog>`;
  }
}
