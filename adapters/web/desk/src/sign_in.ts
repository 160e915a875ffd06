// adapters/web/desk/src/sign_in.ts - <desk-sign-in>: name, password, and why it did not work.

import { LitElement, css, html } from "lit";

import type { Desk } from "./desk.js";
import { base } from "./ui.js";

export class SignIn extends LitElement {
  static override properties = {
    desk: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  };
  declare desk: Desk;
  declare problem: string;
  declare busy: boolean;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        place-items: center;
        min-height: 100%;
        padding: 1.5rem;
      }
      form {
        width: min(23rem, 100%);
        display: grid;
        gap: 1.1rem;
        padding: 2.2rem 2rem 2rem;
        border-radius: 18px;
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      h1 {
        font-size: 1.55rem;
        font-weight: 660;
        letter-spacing: -0.02em;
        line-height: 1.2;
      }
      label {
        display: grid;
        gap: 0.3rem;
        font-weight: 550;
      }
      input,
      button {
        min-height: 44px;
      }
      @media (forced-colors: active) {
        form {
          border: 1px solid CanvasText;
        }
      }
      .problem {
        padding: 0.6em 0.85em;
        border-radius: 9px;
        color: var(--bad);
        background: var(--bad-soft);
      }
      .mark {
        width: 44px;
        height: 44px;
      }
    `,
  ];

  constructor() {
    super();
    this.problem = "";
    this.busy = false;
  }

  override firstUpdated() {
    this.renderRoot.querySelector<HTMLInputElement>("input")?.focus();
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    this.problem = await this.desk.sign_in(
      String(said.get("agent")).trim(),
      String(said.get("password")),
    );
    this.busy = false;
    if (this.problem) this.renderRoot.querySelector<HTMLInputElement>("[name=password]")?.select();
  }

  override render() {
    const problem = this.problem || this.desk.notice;
    return html`
      <form @submit=${this.#submit}>
        <img class="mark" src="/pages/icon.svg" alt="" />
        <div>
          <h1>Your desk</h1>
          <p class="muted">Sign in to meet the people who came back.</p>
        </div>
        <label
          >Agent<input
            name="agent"
            required
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
        /></label>
        <label
          >Password<input name="password" type="password" required autocomplete="current-password"
        /></label>
        <p class="problem" role="alert" ?hidden=${!problem}>${problem}</p>
        <button class="primary" ?disabled=${this.busy}>
          ${this.busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    `;
  }
}
