// adapters/web/desk/src/list_css.ts - how a conversation looks in the list: face, name, last words, what waits.

import { css } from "lit";

export const list_css = css`
  .row {
    width: 100%;
    justify-content: start;
    gap: 0.75rem;
    padding: 0.6rem 0.65rem;
    border-color: transparent;
    border-radius: 12px;
    background: transparent;
    font-weight: 400;
    text-align: left;
  }
  .row[aria-current="true"] {
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .row.over strong {
    color: var(--muted);
  }
  .small-face {
    position: relative;
  }
  .small-face::after {
    content: "";
    position: absolute;
    right: -1px;
    bottom: -1px;
    width: 11px;
    height: 11px;
    border-radius: 50%;
    border: 2px solid var(--ground);
    background: var(--faint);
  }
  .small-face[data-presence="here"]::after {
    background: var(--good);
  }
  .small-face[data-presence="away"]::after {
    background: var(--warn);
  }
  .row.over .small-face {
    background: var(--hover);
    color: var(--muted);
  }
  .row.over .small-face::after {
    display: none;
  }
  .text {
    flex: 1;
    min-width: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    line-height: 1.4;
  }
  .text strong {
    font-weight: 600;
  }
  .line {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
    gap: 0.6rem;
  }
  .new {
    font-weight: 600;
  }
  .waits {
    display: inline-flex;
    gap: 0.25em;
    align-items: baseline;
    flex: none;
    color: var(--warn);
    font-weight: 600;
    white-space: nowrap;
  }
  .waits .icon {
    align-self: center;
  }
  .badge {
    min-width: 1.55em;
    padding: 0.05em 0.45em;
    border-radius: 999px;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 0.78rem;
    font-weight: 640;
    text-align: center;
  }
`;
