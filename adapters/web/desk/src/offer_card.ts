// adapters/web/desk/src/offer_card.ts - <desk-offer>: who asks, what about, how long there is to answer.

import { LitElement, css, html, nothing, svg } from "lit";

import type { Desk } from "./desk.js";
import { name_of, tags_of, topic_of, unfold } from "./facts.js";
import type { StandingOffer } from "./protocol.js";
import { base, span } from "./ui.js";

const kRound = 2 * Math.PI * 15;

export class OfferCard extends LitElement {
  static override properties = {
    desk: { attribute: false },
    offer: { attribute: false },
    first: { type: Boolean },
    version: { attribute: false },
  };
  declare desk: Desk;
  declare offer: StandingOffer;
  declare first: boolean;
  declare version: number;
  #timer = 0;
  #whole_ms = 0;

  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      article {
        display: grid;
        gap: 0.75rem;
        padding: 0.9rem 1rem 1rem;
        border-radius: 14px;
        background: var(--surface);
        box-shadow:
          0 0 0 1.5px var(--accent),
          var(--shadow);
        animation: arrive 0.25s ease-out;
      }
      @media (forced-colors: active) {
        article {
          border: 2px solid Highlight;
        }
      }
      @keyframes arrive {
        from {
          transform: translateY(-6px);
          opacity: 0;
        }
      }
      .top {
        display: flex;
        gap: 0.8rem;
        align-items: center;
      }
      .what {
        flex: 1;
        min-width: 0;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
      }
      strong {
        font-weight: 640;
      }
      .topic {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        overflow-wrap: anywhere;
        line-height: 1.35;
      }
      .tags {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35rem;
      }
      .tag {
        max-width: 100%;
        padding: 0.05em 0.6em;
        border-radius: 999px;
        background: var(--raised);
        color: var(--muted);
      }
      .tag.again {
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 600;
      }
      .ring {
        width: 42px;
        height: 42px;
        flex: none;
      }
      .ring circle {
        fill: none;
        stroke: var(--line);
        stroke-width: 3;
      }
      .ring .left {
        stroke: var(--accent);
        stroke-linecap: round;
        transform: rotate(-90deg);
        transform-origin: 50% 50%;
      }
      .ring.soon .left {
        stroke: var(--warn);
      }
      .ring text {
        fill: var(--text);
        font:
          620 11px system-ui,
          sans-serif;
        text-anchor: middle;
        font-variant-numeric: tabular-nums;
      }
      .actions {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0.5rem;
      }
      .actions button {
        min-height: 40px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    this.#whole_ms = Math.max(1, this.offer.deadline - this.#now());
    this.#timer = window.setInterval(() => this.requestUpdate(), 250);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  #now() {
    return Date.now() + this.offer.ahead_ms;
  }

  override render() {
    const { offer } = this;
    const left_ms = Math.max(0, offer.deadline - this.#now());
    const seconds = Math.ceil(left_ms / 1000);
    const name = name_of(offer.context);
    const tags = tags_of(offer.context);
    const again = unfold(offer.context).earlier !== null;
    return html`
      <article aria-label="Offer">
        <div class="top">
          <div class="what">
            <strong class="ellipsis">${name || "Somebody new"}</strong>
            <span class="small muted">Waiting for ${span(this.#now() - offer.waiting_since)}</span>
          </div>
          ${this.#ring(left_ms, seconds)}
        </div>
        <p class="topic" dir="auto">${topic_of(offer.context) || offer.title}</p>
        ${
          again || tags.length > 0
            ? html`<div class="tags small">
                ${again ? html`<span class="tag again">Back to you</span>` : nothing}
                ${tags.map((tag) => html`<span class="tag ellipsis">${tag}</span>`)}
              </div>`
            : nothing
        }
        <div class="actions">
          <button
            ?disabled=${offer.answering}
            @click=${() => this.desk.answer(offer, false)}
            data-do="decline"
            title="Alt D"
          >
            Decline
          </button>
          <button
            class="primary"
            ?disabled=${offer.answering}
            @click=${() => this.desk.answer(offer, true)}
            data-do="accept"
            title="Alt A"
          >
            Accept
          </button>
        </div>
      </article>
    `;
  }

  #ring(left_ms: number, seconds: number) {
    const gone = kRound * (1 - Math.min(1, left_ms / this.#whole_ms));
    return html`<svg
      class="ring ${seconds <= 5 ? "soon" : ""}"
      viewBox="0 0 36 36"
      role="timer"
      aria-label="${seconds} seconds to answer"
    >
      ${svg`<circle cx="18" cy="18" r="15"></circle>
        <circle class="left" cx="18" cy="18" r="15" stroke-dasharray=${kRound} stroke-dashoffset=${gone}></circle>
        <text x="18" y="22">${seconds}</text>`}
    </svg>`;
  }
}
