// tests/e2e/support/people.mjs - what customers and agents do in their browsers, by what they see on the page.

import { kPassword } from "./site.mjs";
import { profile } from "./browser.mjs";

/**
 * @typedef {import("playwright-core").BrowserContext} BrowserContext
 * @typedef {import("playwright-core").Page} Page
 */

/** An agent at a desk, in a browser profile of its own. */
export class Agent {
  /** @type {BrowserContext} */ context;
  /** @type {Page} */ page;

  static async at_desk({ browser, watch }, site, name, { ready = true, ...options } = {}) {
    const agent = new Agent();
    agent.context = await profile(browser, watch, options);
    agent.page = await agent.context.newPage();
    await agent.page.goto(`${site.origin}/desk/`);
    await agent.page.getByLabel("Agent").fill(name);
    await agent.page.getByLabel("Password").fill(kPassword);
    await agent.page.getByRole("button", { name: "Sign in" }).click();
    await agent.page.getByRole("switch").waitFor();
    if (ready) await agent.get_ready();
    return agent;
  }

  async get_ready() {
    const toggle = this.page.getByRole("switch");
    if ((await toggle.getAttribute("aria-checked")) !== "true") await toggle.click();
    await this.page.locator('[role=switch][aria-checked="true"]').waitFor();
  }

  get offer() {
    return this.page.locator("desk-offer");
  }

  get log() {
    return this.page.getByRole("log");
  }

  async accept() {
    await this.offer.getByRole("button", { name: "Accept" }).click();
    await this.page.getByRole("textbox", { name: /^Message to/ }).waitFor();
  }

  async decline() {
    await this.offer.getByRole("button", { name: "Decline" }).click();
    await this.offer.waitFor({ state: "detached" });
  }

  async say(text) {
    await this.page.getByRole("textbox", { name: /^Message to/ }).fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }

  async hears(text) {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  /** The panel of what is known says so. */
  async knows(text) {
    await this.page.locator("desk-context").getByText(text, { exact: true }).waitFor();
  }

  async show_page(url, title = "") {
    await this.page.getByTitle("Show a page").click();
    await this.page.getByLabel("Address").fill(url);
    await this.page.getByLabel("Title").fill(title);
    await this.page.getByRole("button", { name: "Show", exact: true }).click();
  }

  /** What was said and shown, in order, without the times. */
  transcript() {
    return this.log.locator(".message:not(.pending) .bubble").allInnerTexts();
  }
}

/** A customer in a browser profile of its own. */
export class Customer {
  /** @type {BrowserContext} */ context;
  /** @type {Page} */ page;
  /** @type {Page} The shop's, where the booking was made. */ shop_page;
  bookmark = "";

  static async arrives({ browser, watch }, options = {}) {
    const customer = new Customer();
    customer.context = await profile(browser, watch, options);
    return customer;
  }

  /** Books on the shop's page `path`; answers the address of the page to come back by. */
  async book(
    site,
    path,
    { language = "fr", name = "Camille Laurent", topic = "A loan for a heat pump" } = {},
  ) {
    const page = await this.context.newPage();
    await page.goto(site.shop + path);
    await page.getByRole("button", { name: "Talk later" }).click();
    await page.getByLabel("Language").selectOption(language);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("What is it about?").fill(topic);
    await page.getByRole("button", { name: "Get my page" }).click();
    const link = page.getByRole("link", { name: "Open my page" });
    await link.waitFor();
    this.shop_page = page;
    this.bookmark = await link.getAttribute("href");
    return this.bookmark;
  }

  async open(address = this.bookmark) {
    this.page = await this.context.newPage();
    await this.page.goto(address);
  }

  async come_back(address = this.bookmark) {
    await this.open(address);
    await this.connect();
  }

  async connect() {
    await this.page.getByRole("button", { name: /I.m here/ }).click();
    await this.page.getByRole("textbox", { name: "Write a message" }).waitFor();
  }

  get log() {
    return this.page.getByRole("log");
  }

  async is_with(name) {
    await this.page.locator("convene-session").getByText(name, { exact: true }).first().waitFor();
  }

  async say(text) {
    await this.page.getByRole("textbox", { name: "Write a message" }).fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }

  async hears(text) {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  transcript() {
    return this.log.locator(".message:not(.sending) .bubble").allInnerTexts();
  }
}
