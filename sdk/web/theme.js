// sdk/web/theme.js - how the elements look; a site sets the --convene-* properties to make them its own.

const kTokens = `
:host {
  --accent: var(--convene-accent, #0b6e5f);
  --on-accent: var(--convene-on-accent, #ffffff);
  --text: var(--convene-text, #1b2421);
  --muted: var(--convene-muted, #586661);
  --line: var(--convene-line, #dbe2df);
  --surface: var(--convene-surface, #ffffff);
  --raised: var(--convene-raised, #f4f7f6);
  --ground: var(--convene-ground, #eef3f1);
  --mine: var(--convene-mine, #dff1ec);
  --warn: var(--convene-warn, #8a4b00);
  --warn-surface: var(--convene-warn-surface, #fff4e2);
  --radius: var(--convene-radius, 12px);
  --font: var(--convene-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  color: var(--text);
  font: 400 16px/1.5 var(--font);
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--convene-accent-dark, #63cdb8);
    --on-accent: var(--convene-on-accent-dark, #05231d);
    --text: var(--convene-text-dark, #e7eeeb);
    --muted: var(--convene-muted-dark, #a3b2ac);
    --line: var(--convene-line-dark, #34403b);
    --surface: var(--convene-surface-dark, #171d1b);
    --raised: var(--convene-raised-dark, #202826);
    --ground: var(--convene-ground-dark, #0f1413);
    --mine: var(--convene-mine-dark, #17423a);
    --warn: var(--convene-warn-dark, #ffc880);
    --warn-surface: var(--convene-warn-surface-dark, #3a2a12);
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p, h2, h3, ol, ul { margin: 0; padding: 0; }
.icon { width: 1.15em; height: 1.15em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7;
  stroke-linecap: round; stroke-linejoin: round; }
button, .button, input, select, textarea { font: inherit; color: inherit; }
button, .button { display: inline-flex; align-items: center; justify-content: center; gap: .5em; min-height: 44px;
  padding: .5em 1.1em; border: 1px solid var(--line); border-radius: 999px; background: var(--surface);
  text-decoration: none; cursor: pointer; font-weight: 550; white-space: nowrap; }
button:hover, .button:hover { border-color: var(--muted); }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary:hover, .button.primary:hover { filter: brightness(1.06); }
button.quiet { border-color: transparent; background: transparent; color: var(--muted); }
button.quiet:hover { color: var(--text); background: var(--raised); }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input:focus-visible, select:focus-visible, textarea:focus-visible { outline-width: 2px; outline-offset: -1px; }
input, select, textarea { width: 100%; min-height: 44px; padding: .55em .8em; border: 1px solid var(--line);
  border-radius: calc(var(--radius) * .7); background: var(--surface); font-weight: 400; }
label { display: grid; gap: .3em; font-weight: 550; }
.muted { color: var(--muted); }
.small { font-size: .875rem; }
.warn { color: var(--warn); background: var(--warn-surface); padding: .6em .9em; border-radius: calc(var(--radius) * .7); }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) {
  .icon { stroke: CanvasText; }
  button .icon, .button .icon { stroke: currentColor; }
  button.primary, .button.primary { border: 2px solid Highlight; }
  button:disabled { border-color: GrayText; color: GrayText; opacity: 1; }
  .warn { border: 1px solid CanvasText; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`;

/** Style sheets for a shadow root: the tokens and `css`. Built in script, so a strict style-src lets them through. */
export function sheets(css) {
  return [kTokens, css].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}
