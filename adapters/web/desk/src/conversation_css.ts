// adapters/web/desk/src/conversation_css.ts - how a conversation looks.

import { css } from "lit";

export const conversation_css = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    background: var(--surface);
    container-type: inline-size;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    padding: 0.7rem 1rem;
    border-bottom: 1px solid var(--line);
    min-height: 64px;
  }
  .who {
    flex: 1;
    min-width: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    line-height: 1.35;
  }
  .who strong {
    font-weight: 640;
  }
  .presence::before {
    content: "";
    forced-color-adjust: none;
    display: inline-block;
    width: 0.55em;
    height: 0.55em;
    margin-right: 0.45em;
    border-radius: 50%;
    background: var(--faint);
  }
  .presence.here::before {
    background: var(--good);
  }
  .presence.away::before {
    background: var(--warn);
  }
  .tools {
    display: flex;
    gap: 0.15rem;
  }
  @container (max-width: 40rem) {
    .tools .label {
      display: none;
    }
    .tools button {
      width: 38px;
      padding: 0;
    }
  }
  @container (max-width: 26rem) {
    .tools {
      gap: 0;
    }
    header {
      gap: 0.5rem;
      padding: 0.7rem 0.6rem;
    }
    .tools button {
      width: 34px;
    }
  }
  .log {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    display: flex;
    flex-direction: column;
    gap: 0.3rem;
    padding: 1.2rem max(clamp(1rem, 4cqi, 2.2rem), 50cqi - 29rem) 0.4rem;
    scrollbar-width: thin;
  }
  @media (max-width: 30rem) {
    header .face {
      display: none;
    }
  }
  .fill {
    flex: 1;
  }
  .message {
    align-self: start;
    max-width: min(38rem, 82%);
    display: grid;
    gap: 0.2rem;
    justify-items: start;
  }
  .message.first {
    margin-top: 0.7rem;
  }
  .message.mine {
    align-self: end;
    justify-items: end;
  }
  .meta {
    display: flex;
    gap: 0.6em;
    padding: 0 0.2em;
    font-size: 0.8rem;
    color: var(--muted);
  }
  .meta strong {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .hello {
    align-self: center;
    display: grid;
    gap: 0.35rem;
    max-width: 26rem;
    padding: 1rem 1rem 1.6rem;
    text-align: center;
    overflow-wrap: anywhere;
  }
  .hello .topic {
    font-size: 1.05rem;
  }
  .bubble {
    padding: 0.5em 0.9em;
    border: 1px solid transparent;
    border-radius: 5px 15px 15px 15px;
    background: var(--raised);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .mine .bubble {
    border-radius: 15px 5px 15px 15px;
    background: var(--accent-soft);
  }
  .pending .bubble {
    opacity: 0.6;
  }
  .bubble.page {
    display: flex;
    align-items: center;
    gap: 0.75em;
    max-width: 100%;
    background: var(--surface);
    border: 1px solid var(--line);
    white-space: normal;
  }
  .what {
    display: grid;
    min-width: 0;
    line-height: 1.35;
  }
  .open {
    display: grid;
    place-items: center;
    width: 34px;
    height: 34px;
    flex: none;
    border-radius: 8px;
    color: var(--muted);
  }
  .open:hover {
    background: var(--hover);
    color: var(--text);
  }
  .bubble a {
    color: inherit;
    text-underline-offset: 0.15em;
  }
  .day {
    align-self: center;
    padding: 0.9rem 0 0.1rem;
    font-size: 0.8rem;
    font-weight: 600;
    color: var(--muted);
  }
  .day::first-letter {
    text-transform: uppercase;
  }
  .jump {
    align-self: center;
    z-index: 1;
    margin: -42px 0 6px;
    border-radius: 999px;
    font-size: 0.867rem;
    box-shadow: 0 2px 12px rgb(0 0 0 / 0.16);
  }
  .happening {
    align-self: center;
    padding: 0.7rem 0 0.3rem;
    font-size: 0.8rem;
    color: var(--muted);
  }
  .typing {
    min-height: 1.7em;
    padding: 0.1rem max(clamp(1rem, 4cqi, 2.2rem), 50cqi - 29rem);
  }
  .problem {
    margin: 0 1rem 0.6rem;
    padding: 0.5em 0.8em;
    border-radius: 9px;
    color: var(--bad);
    background: var(--bad-soft);
  }
  .tool {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 0.6rem;
    margin: 0 1rem 0.7rem;
    padding: 0.85rem 1rem;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--raised);
  }
  .tool label {
    flex: 1 1 12rem;
    display: grid;
    gap: 0.2rem;
  }
  .tool .problem {
    flex-basis: 100%;
    margin: 0;
  }
  .tool.ask {
    align-items: center;
  }
  .tool.ask span {
    flex: 1 1 14rem;
  }
  @container (max-width: 26rem) {
    .tool.ask span {
      flex-basis: 100%;
    }
  }
  .composer {
    display: flex;
    align-items: end;
    gap: 0.5rem;
    padding: 0.2rem max(1rem, 50cqi - 30rem) 1rem;
  }
  textarea::placeholder {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  textarea {
    resize: none;
    min-height: 44px;
    max-height: 11rem;
    padding: 0.6em 0.9em;
    border-radius: 12px;
    background: var(--raised);
    field-sizing: content;
  }
  .composer button {
    width: 44px;
    height: 44px;
    border-radius: 12px;
  }
  .over span {
    flex: 1 1 14rem;
  }
  a.primary {
    padding: 0.5em 1em;
    border-radius: 9px;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 550;
    text-decoration: none;
  }
  .over {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    align-items: center;
    gap: 0.6rem;
    padding: 0.9rem 1rem 1rem;
    border-top: 1px solid var(--line);
    color: var(--muted);
  }
`;
