// tests/e2e/support/browser.mjs - Debian's Chromium, and what must never happen in any of its pages.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const kWide = { width: 1440, height: 900 };

const kFlags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function chromium_path() {
  return [process.env.CONVENE_CHROMIUM, "/usr/bin/chromium"].find(
    (path) => path && existsSync(path),
  );
}

export async function launch() {
  return chromium.launch({ executablePath: chromium_path(), chromiumSandbox: false, args: kFlags });
}

/** Dialogs, script errors and violations of the content security policy, over all pages that were watched. */
export class Watch {
  constructor() {
    this.dialogs = [];
    this.violations = [];
    this.errors = [];
  }

  async context(context) {
    await context.exposeBinding("__violation", (_, text) => this.violations.push(text));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        /** @type {any} */ (window).__violation(
          `${event.violatedDirective} ${event.blockedURI} in ${location.pathname}`,
        ),
      );
    });
    context.on("dialog", (dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss().catch(() => {});
    });
    context.on("weberror", (error) => this.errors.push(String(error.error())));
  }
}

/** A browser profile of its own: a customer, an agent. */
export async function profile(browser, watch, options = {}) {
  const context = await browser.newContext({
    viewport: kWide,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    ...options,
  });
  await watch?.context(context);
  context.setDefaultTimeout(15_000);
  return context;
}
