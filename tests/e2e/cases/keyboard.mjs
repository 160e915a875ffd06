// tests/e2e/cases/keyboard.mjs - the whole story without a mouse, and with the focus in sight all the way.

import assert from "node:assert/strict";
import { focus_is_seen } from "../support/access.mjs";
import { Customer } from "../support/people.mjs";
import { profile } from "../support/browser.mjs";
import { Site, kPassword } from "../support/site.mjs";

const kSteps_most = 40;

/** Presses Tab until what has the focus is called `name`; everything on the way must show its focus. */
async function tab_to(page, name) {
  const unseen = [];
  for (let step = 0; step < kSteps_most; ++step) {
    await page.keyboard.press("Tab");
    const focus = await focus_is_seen(page);
    if (focus.name && !focus.seen) unseen.push(focus.name);
    if (focus.name.startsWith(name)) {
      assert.deepEqual(unseen, [], "what has the focus shows it");
      return;
    }
  }
  throw new Error(`Tab does not lead to ${name}`);
}

async function press(page, name, key = "Enter") {
  await tab_to(page, name);
  await page.keyboard.press(key);
}

async function whole_story(world) {
  const site = (world.site = await Site.open(world.build));
  const customer = await Customer.arrives(world);
  const shop = await customer.context.newPage();
  await shop.goto(`${site.shop}/loans.html`);
  await shop.getByRole("button", { name: "Talk later" }).waitFor();
  await press(shop, "Talk later");
  await tab_to(shop, "English"); // The choice of languages.
  await shop.keyboard.type("Fr");
  await shop.keyboard.press("Tab");
  await shop.keyboard.type("Camille Laurent");
  await press(shop, "Get my page");
  await shop.getByRole("link", { name: "Open my page" }).waitFor();
  const opened = customer.context.waitForEvent("page");
  assert.ok((await focus_is_seen(shop)).name.startsWith("Open my page"), "the way on has the focus");
  await shop.keyboard.press("Enter");
  const page = await opened;
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();

  const context = await profile(world.browser, world.watch);
  const desk = await context.newPage();
  await desk.goto(`${site.origin}/desk/`);
  await desk.getByLabel("Password").waitFor();
  await desk.keyboard.type("anna"); // The cursor is there already.
  await desk.keyboard.press("Tab");
  await desk.keyboard.type(kPassword);
  await desk.keyboard.press("Enter");
  await desk.getByRole("switch").waitFor();
  await desk.keyboard.press("Alt+p");
  await desk.locator('[role=switch][aria-checked="true"]').waitFor();

  await press(page, "I’m here");
  await page.getByRole("textbox", { name: "Write a message" }).waitFor();
  await desk.locator("desk-offer").waitFor();
  await press(desk, "Accept");
  await desk.getByRole("textbox", { name: /^Message to/ }).waitFor();
  await tab_to(desk, "Message to");
  await desk.keyboard.type("Welcome back, Camille.");
  await desk.keyboard.press("Enter");
  await page.getByRole("log").getByText("Welcome back, Camille.").waitFor();
  await tab_to(page, "Write a message");
  await page.keyboard.type("Thank you!");
  await page.keyboard.press("Enter");
  await desk.getByRole("log").getByText("Thank you!").waitFor();

  await desk.keyboard.press("Alt+s");
  await desk.keyboard.type(`${site.shop}/loans.html`);
  await desk.keyboard.press("Enter");
  await press(page, "Follow along");
  await page.frameLocator("iframe").getByRole("heading").first().waitFor();
  await press(desk, "End");
  await press(desk, "End it");
  await page.getByRole("heading", { name: "This conversation is over" }).waitFor();
}

export const cases = [{ name: "Keyboard.TheWholeStoryWithoutAMouse", run: whole_story }];
