// tests/e2e/cases/desk.mjs - small things that an agent meets a hundred times a day.

import assert from "node:assert/strict";
import { profile } from "../support/browser.mjs";
import { desk_scene } from "../support/scenes.mjs";
import { until } from "../support/site.mjs";
import { kOrigin, set_stage } from "../support/stage.mjs";

async function hands_stay_on_the_keys(world) {
  const context = await profile(world.browser, world.watch);
  await set_stage(context, { socket: desk_scene({ sessions: ["camille", "jonas"] }) });
  const page = await context.newPage();
  await page.goto(`${kOrigin}/desk/`);
  const write = (name) => page.getByRole("textbox", { name: `Message to ${name}` });
  await write("Camille Laurent").fill("About the subsidy: ");

  // What was begun is kept, and the list says so.
  await page.keyboard.press("Alt+Digit2");
  await write("Jonas Brandt").waitFor();
  await page.getByText("Draft: About the subsidy:").waitFor();

  // An address that was shown to somebody is offered again, with its title; Escape leads back to the message.
  await page.keyboard.press("Alt+s");
  const shown = page.locator("datalist option");
  assert.equal(await shown.count(), 1);
  await page.getByLabel("Address").fill(await shown.getAttribute("value"));
  assert.equal(await page.getByLabel("Title").inputValue(), "Loans – Alder Savings");
  await page.keyboard.press("Escape");
  await page.getByLabel("Address").waitFor({ state: "detached" });
  await page.keyboard.type("Hello again");
  const box = write("Jonas Brandt");
  await until("the cursor is back", async () => (await box.inputValue()) === "Hello again");
}

export const cases = [
  { name: "Desk.WhatWasBegunOrShownIsNotWrittenTwice", run: hands_stay_on_the_keys },
];
