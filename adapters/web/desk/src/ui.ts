// adapters/web/desk/src/ui.ts - what all components share: base styles, icons, times, faces.

import { css, svg } from "lit";

export { initials } from "../../../../sdk/web/initials.js";
export { clock, day, other_day, when } from "../../../../sdk/web/times.js";

export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.45em;
    min-height: 36px;
    padding: 0.3em 0.85em;
    border: 1px solid var(--line);
    border-radius: 9px;
    background: var(--surface);
    font-weight: 550;
    cursor: pointer;
  }
  button:hover {
    background: var(--hover);
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover {
    filter: brightness(1.07);
  }
  button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--muted);
    font-weight: 500;
  }
  button.quiet:hover,
  button[aria-pressed="true"] {
    background: var(--hover);
    color: var(--text);
  }
  button.icon-only {
    width: 36px;
    padding: 0;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  input,
  textarea {
    width: 100%;
    min-height: 38px;
    padding: 0.45em 0.75em;
    border: 1px solid var(--line);
    border-radius: 9px;
    background: var(--surface);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  input:focus-visible,
  textarea:focus-visible {
    outline-offset: -1px;
  }
  .icon {
    width: 1.2em;
    height: 1.2em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.7;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.867rem;
  }
  .ellipsis {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    min-width: 0;
  }
  kbd {
    font:
      500 0.8rem/1 ui-monospace,
      "SF Mono",
      "Cascadia Mono",
      Menlo,
      monospace;
    padding: 0.25em 0.45em;
    border: 1px solid var(--line);
    border-bottom-width: 2px;
    border-radius: 5px;
    background: var(--raised);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (forced-colors: active) {
    button.primary {
      border: 2px solid Highlight;
    }
    button[aria-pressed="true"] {
      border-color: Highlight;
    }
    button:disabled {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }
  }
  .face {
    display: grid;
    place-items: center;
    width: 38px;
    height: 38px;
    flex: none;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--accent);
    font-weight: 640;
    font-size: 0.867rem;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;

const kPaths = {
  check: "M5 12l5 5 9-10",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-5 16-3-7zM12 13l8-9",
  page: "M4 5h16v14H4zM4 9h16M7 7h.01",
  later: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2",
  leave: "M14 5H5v14h9M10 12h11M17 8l4 4-4 4",
  back: "M15 5l-7 7 7 7",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8h.01",
  columns: "M4 5h16v14H4zM12 5v14",
  keyboard: "M3 7h18v10H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  link: "M9 15l6-6M10.5 6.5l1-1a4.2 4.2 0 0 1 6 6l-1 1M13.5 17.5l-1 1a4.2 4.2 0 0 1-6-6l1-1",
  down: "M12 5v13M6 12l6 6 6-6",
  sound: "M4 10v4h3l5 4V6l-5 4zM15.5 9.5a3.5 3.5 0 0 1 0 5M18 7a7 7 0 0 1 0 10",
  silent: "M4 10v4h3l5 4V6l-5 4zM16 10l4 4M20 10l-4 4",
  wave: "M7 12.5V7a1.5 1.5 0 0 1 3 0v4m0-5a1.5 1.5 0 0 1 3 0v5m0-3.5a1.5 1.5 0 0 1 3 0v6.5a6 6 0 0 1-6 6c-3 0-4.5-1.5-6-4.5l-1-2a1.5 1.5 0 0 1 2.6-1.5L7 14",
} as const;

/** A line drawing; the text beside it, or the button's label, says the same. */
export const icon = (name: keyof typeof kPaths) =>
  svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${kPaths[name]}></path></svg>`;

/** "12 s", "3 min", "2 h". */
export function span(ms: number) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
