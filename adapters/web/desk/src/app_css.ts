// adapters/web/desk/src/app_css.ts - how the desk is laid out, wide and narrow.

import { css } from "lit";

export const app_css = css`
  :host {
    display: block;
    height: 100%;
  }
  .desk {
    display: grid;
    grid-template: auto minmax(0, 1fr) / 20rem minmax(0, 1fr) auto;
    grid-template-areas: "banner banner banner" "side main aside";
    height: 100%;
  }
  .banner {
    grid-area: banner;
    display: flex;
    gap: 0.7rem;
    align-items: center;
    padding: 0.55rem 1rem;
    color: var(--warn);
    background: var(--warn-soft);
  }
  nav {
    grid-area: side;
    display: flex;
    flex-direction: column;
    min-height: 0;
    border-right: 1px solid var(--line);
  }
  main {
    grid-area: main;
    min-width: 0;
    min-height: 0;
    display: flex;
    flex-direction: column;
  }
  main > .columns,
  main > .empty {
    flex: 1;
    min-height: 0;
  }
  main > desk-offer {
    flex: none;
    margin: 0.6rem 0.8rem;
  }
  aside {
    grid-area: aside;
    position: relative;
    display: grid;
    width: 19rem;
    min-height: 0;
    border-left: 1px solid var(--line);
  }
  .close-context {
    display: none;
  }
  desk-context:focus-visible {
    outline-offset: -2px;
  }
  .me {
    display: flex;
    align-items: center;
    gap: 0.7rem;
    min-height: 64px;
    padding: 0.7rem 1rem;
  }
  .me .face {
    background: var(--accent);
    color: var(--on-accent);
  }
  .name {
    flex: 1;
    min-width: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    justify-items: start;
    line-height: 1.3;
  }
  .name strong {
    max-width: 100%;
    font-weight: 640;
  }
  .good {
    color: var(--good);
    font-weight: 550;
  }
  .switch {
    justify-content: start;
    width: 46px;
    min-height: 28px;
    padding: 0 3px;
    border-radius: 999px;
    border-color: var(--faint);
    background: var(--surface);
  }
  .knob {
    width: 20px;
    height: 20px;
    border-radius: 50%;
    background: var(--faint);
    transition: translate 0.15s;
  }
  .switch[aria-checked="true"] {
    border-color: var(--good);
    background: var(--good);
  }
  .switch[aria-checked="true"] .knob {
    translate: 18px;
    background: var(--surface);
  }
  .lists {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    display: flex;
    flex-direction: column;
    gap: 0.7rem;
    padding: 0.5rem 0.8rem 1rem;
    scrollbar-width: thin;
  }
  h2 {
    padding: 0.5rem 0.3rem 0;
    font-size: 0.867rem;
    font-weight: 620;
    color: var(--muted);
  }
  ul {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.15rem;
    list-style: none;
  }
  main {
    background: var(--surface);
  }
  .notice {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    padding: 0.4em 0.3em 0.4em 0.9em;
    border-radius: 10px;
    color: var(--warn);
    background: var(--warn-soft);
    font-size: 0.9rem;
  }
  .unanswered {
    display: grid;
    gap: 0.6rem;
    padding: 0.8rem 0.9rem;
    border-radius: 12px;
    color: var(--warn);
    background: var(--warn-soft);
  }
  .unanswered p {
    margin: 0;
  }
  .notice button {
    margin-left: auto;
    color: inherit;
  }
  .lists .empty {
    flex: 1;
    height: auto;
    padding: 1rem;
  }
  .foot {
    display: flex;
    gap: 0.1rem;
    padding: 0.5rem 0.7rem;
    border-top: 1px solid var(--line);
  }
  .foot .columns-toggle {
    margin-right: auto;
  }
  .foot button[aria-pressed="true"]:not(:hover) {
    background: none;
  }
  .foot .columns-toggle[aria-pressed="true"] {
    background: var(--hover);
  }
  .foot button {
    font-size: 0.867rem;
    font-weight: 500;
  }
  .columns {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: minmax(0, 1fr);
    height: 100%;
    gap: 1px;
    background: var(--line);
  }
  .columns[data-count="2"] desk-conversation[data-selected],
  .columns[data-count="3"] desk-conversation[data-selected] {
    box-shadow: inset 0 2px 0 var(--accent);
  }
  .empty,
  .starting {
    display: grid;
    place-items: center;
    height: 100%;
    padding: 2rem;
    text-align: center;
  }
  .empty > div {
    display: grid;
    gap: 0.6rem;
    justify-items: center;
    max-width: 26rem;
  }
  .empty .icon {
    width: 44px;
    height: 44px;
    color: var(--accent);
    stroke-width: 1.3;
  }
  h1 {
    font-size: 1.4rem;
    font-weight: 640;
    letter-spacing: -0.015em;
  }
  .starting {
    color: var(--muted);
    grid-auto-flow: column;
    justify-content: center;
    gap: 0.8rem;
  }
  .card {
    display: grid;
    gap: 0.8rem;
    justify-items: center;
    padding: 2.2rem;
    border-radius: 18px;
    background: var(--surface);
    color: var(--text);
    box-shadow: var(--shadow);
  }
  .turning {
    width: 18px;
    height: 18px;
    flex: none;
    border-radius: 50%;
    border: 2px solid currentColor;
    border-top-color: transparent;
    animation: turn 1s linear infinite;
  }
  @media (forced-colors: active) {
    .face {
      border: 1px solid CanvasText;
    }
    .knob,
    .small-face::after {
      forced-color-adjust: none;
    }
    .switch .knob,
    .switch[aria-checked="true"] .knob {
      background: CanvasText;
    }
    .row[aria-current="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .columns desk-conversation + desk-conversation {
      border-left: 1px solid CanvasText;
    }
    .banner,
    .notice,
    .unanswered,
    .card {
      border: 1px solid CanvasText;
    }
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (max-width: 72rem) {
    .desk {
      grid-template-columns: 18rem minmax(0, 1fr);
      grid-template-areas: "banner banner" "side main";
    }
    aside {
      position: absolute;
      inset: 0 0 0 auto;
      width: min(21rem, 100vw);
      z-index: 1;
      box-shadow: -12px 0 40px rgb(0 0 0 / 0.14);
    }
    .close-context {
      display: inline-flex;
      position: absolute;
      top: 0.6rem;
      right: 0.7rem;
      z-index: 1;
    }
  }
  @media (max-width: 46rem) {
    .desk {
      grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      grid-template-areas: "banner" "main";
    }
    .desk[data-front="list"] main,
    .desk[data-front="conversation"] nav {
      display: none;
    }
    nav {
      grid-area: main;
      border: 0;
    }
    .row {
      min-height: 60px;
    }
    .foot {
      justify-content: space-between;
    }
    .foot .columns-toggle,
    .keys {
      display: none;
    }
  }
`;
