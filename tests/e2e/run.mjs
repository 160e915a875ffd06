// tests/e2e/run.mjs - runs the browser cases one after the other: node run.mjs BUILD_DIR [FILTER]

import { mkdirSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { Watch, chromium_path, launch } from "./support/browser.mjs";

const build = resolve(process.argv[2] ?? "build/dev");
const filter = process.argv[3] ?? "";
const screenshots = `${build}/screenshots`;

/** Cases of all files, in the order of file names; a filter picks by part of the name. */
async function read_cases() {
  const folder = new URL("./cases/", import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".mjs"))
    .sort();
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((one) => one.cases).filter((one) => one.name.includes(filter));
}

/** What every open page showed when a case failed. */
async function picture_of_failure(browser, path) {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [at, page] of pages.entries()) {
    await page.screenshot({ path: `${path}_${at}.png`, timeout: 5000 }).catch(() => {});
  }
}

async function main() {
  if (!chromium_path()) {
    console.log("e2e: there is no /usr/bin/chromium; ./dev test installs it");
    return 1;
  }
  mkdirSync(screenshots, { recursive: true });
  const browser = await launch();
  const failed = [];
  const cases = await read_cases();
  for (const { name, run } of cases) {
    const started = Date.now();
    const world = { browser, watch: new Watch(), build, screenshots, site: null };
    try {
      await run(world);
      console.log(`[       OK ] ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed.push(name);
      await picture_of_failure(browser, `${screenshots}/failed_${failed.length}`);
      console.log(`[  FAILED  ] ${name} (${Date.now() - started} ms)\n${error.stack ?? error}`);
    }
    for (const context of browser.contexts()) await context.close();
    await world.site?.close();
  }
  await browser.close();
  console.log(`${cases.length - failed.length} passed, ${failed.length} failed`);
  for (const name of failed) console.log(`  FAILED ${name}`);
  return failed.length === 0 && cases.length > 0 ? 0 : 1;
}

process.exit(await main());
