// tests/e2e/cases/screens.mjs - every state that people see, as pictures, and checked against the rules of access.

import assert from "node:assert/strict";
import { broken_rules } from "../support/access.mjs";
import { profile } from "../support/browser.mjs";
import { figure } from "../support/figure.mjs";
import { kOrigin, set_stage } from "../support/stage.mjs";
import { kStates, settled } from "../support/states.mjs";

/** `CONVENE_PICTURES=all` draws every state in every look; without, wide and light, narrow and dark. */
const kAll = process.env.CONVENE_PICTURES === "all";

/** Only the states whose names begin so. */
const kOnly = process.env.CONVENE_STATES ?? "";

const kWide = { size: "wide", viewport: { width: 1440, height: 900 } };
const kNarrow = { size: "narrow", viewport: { width: 360, height: 780 } };

/** What a page looks like under one wish of its reader; `media` goes to Playwright's emulateMedia. */
const kLooks = [
  { ...kWide, look: "wide" },
  { ...kWide, look: "dark", media: { colorScheme: "dark" }, rare: true },
  { ...kWide, look: "forced", media: { forcedColors: "active" }, rare: true },
  { size: "wide", viewport: { width: 768, height: 1024 }, look: "tablet", rare: true },
  // Twice as large in a window of 1440 by 900: what is left are 720 by 450.
  { size: "wide", viewport: { width: 720, height: 450 }, look: "zoom", rare: true },
  { ...kNarrow, look: "narrow", rare: true },
  { ...kNarrow, look: "narrow_dark", media: { colorScheme: "dark" } },
];

/** Nothing may make the page itself scroll sideways. */
const sideways_px = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What each kind of page shows first, when its scripts have asked what they need. */
const kShown = [
  "main:not([aria-busy=true]) h1",
  "convene-session .head",
  "desk-app .desk, desk-app form, desk-app .card",
].join(", ");

/** Opens a state once and looks at it in `looks`; what is broken goes into `broken`. */
async function draw(world, state, looks, broken) {
  const context = await profile(world.browser, world.watch, {
    viewport: looks[0].viewport,
    javaScriptEnabled: !state.no_script,
    reducedMotion: "reduce",
  });
  const stage = await set_stage(context, state);
  await state.before?.(context);
  const page = await context.newPage();
  await page.goto(new URL(state.path, kOrigin).href);
  await page.locator(state.no_script ? "noscript" : kShown).first().waitFor({ state: "attached" });
  await settled(page);
  await state.after?.(page, stage);
  for (const { look, viewport, media = {} } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: "light", forcedColors: "none", ...media });
    await page.waitForTimeout(120);
    await page.screenshot({ path: `${world.screenshots}/${state.name}_${look}.png` });
    if (state.no_script) continue;
    if ((await sideways_px(page)) > 0) broken.push(`${state.name} ${look}: scrolls sideways`);
    if (look === "forced") continue; // The reader's own colours: nothing to be measured.
    broken.push(...(await broken_rules(page)).map((line) => `${state.name} ${look}: ${line}`));
  }
  await context.close();
}

async function every_state(world) {
  const broken = [];
  let pictures = 0;
  for (const state of kStates.filter((one) => one.name.startsWith(kOnly))) {
    const looks = kLooks.filter(
      (one) => (!state.only || state.only === one.size) && (kAll || !one.rare),
    );
    await draw(world, state, looks, broken);
    pictures += looks.length;
  }
  figure("H", "rules of WCAG 2.1 A and AA broken", `${broken.length} in ${pictures} pictures`, "0");
  assert.deepEqual(broken, []);
}

export const cases = [
  { name: "Screens.EveryStateIsAPictureAndBreaksNoRuleOfAccess", run: every_state },
];
