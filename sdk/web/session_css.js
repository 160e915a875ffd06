// sdk/web/session_css.js - how <convene-session> looks, besides its parts.

export const kSessionCss = `
:host { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); height: 100%; min-height: 0; background: var(--ground); }
:host(.following) { grid-template-columns: minmax(20rem, 26rem) minmax(0, 1fr); }
.talk { container-type: inline-size; display: flex; flex-direction: column; min-width: 0; min-height: 0; width: 100%; max-width: 48rem; margin-inline: auto;
  background: var(--surface); box-shadow: 0 0 0 1px var(--line); }
.head { display: flex; gap: .8rem; align-items: center; padding: .8rem 1rem; border-bottom: 1px solid var(--line); }
.face { display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 50%; background: var(--mine);
  color: var(--text); font-weight: 640; font-size: .875rem; }
.head .row { flex-wrap: nowrap; }
.who { flex: 1; min-width: 0; display: grid; }
.who strong { font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.state { white-space: nowrap; display: inline-flex; gap: .5em; align-items: baseline; line-height: 1.35; font-size: .875rem; color: var(--muted); }
.state::before { content: ""; flex: none; width: .6em; height: .6em; border-radius: 50%; background: var(--muted); forced-color-adjust: none; }
.state.connected::before { background: #1a9a5c; }
.state.waiting::before, .state.reconnecting::before { background: #d98a1f; animation: pulse 1.4s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: .35; } }
.head button { min-height: 40px; padding: .3em .9em; font-size: .925rem; }
.notice { margin: .4rem 1rem; }
.strip { padding: .55rem 1rem; border-bottom: 1px solid var(--line); background: var(--raised); font-size: .925rem; }
.waiting-panel { display: grid; gap: .7rem; justify-items: center; padding: 12vh 2rem 1rem; text-align: center; }
.waiting-panel strong { font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
.waiting-panel p { max-width: 26rem; }
.waiting-panel > .icon { width: 2.6rem; height: 2.6rem; stroke-width: 1.3; color: var(--accent); }
.dots { display: flex; gap: .5rem; padding: .6rem; }
.dots i { forced-color-adjust: none; width: .8rem; height: .8rem; border-radius: 50%; background: var(--accent); animation: rise 1.5s ease-in-out infinite; }
.dots i:nth-child(2) { animation-delay: .2s; }
.dots i:nth-child(3) { animation-delay: .4s; }
@keyframes rise { 0%, 60%, 100% { opacity: .25; } 30% { opacity: 1; transform: translateY(-.3rem); } }
.card { position: relative; margin: .8rem 1rem; padding: 1rem; display: grid; gap: .6rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--raised); }
.waiting-panel:not([hidden]) ~ .card { width: min(34rem, 100% - 2rem); margin-inline: auto; justify-items: center; text-align: center; }
.waiting-panel:not([hidden]) ~ .card .row { justify-content: center; }
.waiting-panel:not([hidden]) ~ :not(.card) { order: 1; }
.card .row { margin-top: .2rem; }
.card .close { position: absolute; top: .4rem; right: .4rem; width: 40px; min-height: 40px; padding: 0; }
.card .close ~ strong { padding-right: 2.4rem; }
.share { display: flex; gap: .5rem; padding: .6rem 1rem .3rem; }
.share button { min-height: 44px; }
@container (max-width: 42rem) {
  .head { gap: .6rem; }
  .head .row { gap: 0; }
  .head button { width: 44px; padding: 0; border-color: transparent; }
  .head button .label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
@media (max-width: 50rem) {
  :host(.following) { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
  :host(.following) .tabs { display: flex; }
  :host(.following:not(.page-front)) .page { display: none; }
  :host(.following.page-front) .talk { display: none; }
  :host(.following) .page { border-left: 0; }
}
`;
