// tests/e2e/support/site.mjs - a real `convene serve` with the demo's configuration, in a folder and on ports of its own.

import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const kPassword = "correct horse battery staple";

export function free_port() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Tries until it is so; the machine is slow at times, so the patience is long. */
export async function until(what, holds, patience_ms = 30_000) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const answer = await holds();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`it did not come to be: ${what}`);
    await wait(50);
  }
}

function answers(url) {
  return new Promise((done) => {
    const request = get(url, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.on("error", () => done(false));
    request.setTimeout(1000, () => request.destroy());
  });
}

/** A program that ends with this one, however this one ends. */
function spawn_bound(program, args, options) {
  return spawn("setpriv", ["--pdeathsig", "TERM", program, ...args], options);
}

export class Site {
  build = "";
  folder = "";
  port = 0;
  shop_port = 0;
  origin = "";
  shop = "";

  /** `change(toml)` may rewrite the configuration before it is used. */
  static async open(build, change = (toml) => toml) {
    const site = new Site();
    site.build = build;
    site.folder = mkdtempSync(`${tmpdir()}/convene-e2e-`);
    site.port = await free_port();
    site.shop_port = await free_port();
    site.origin = `http://localhost:${site.port}`;
    site.shop = `http://localhost:${site.shop_port}`;
    site.#configure(change);
    await site.start();
    site.#shop = spawn_bound(process.execPath, [`${root}examples/shop/server.mjs`], {
      env: { ...process.env, PORT: String(site.shop_port), GATEWAY: site.origin },
      stdio: "ignore",
    });
    await until("the shop answers", () => answers(`${site.shop}/`));
    return site;
  }

  /** @type {import("node:child_process").ChildProcess | null} */ #core = null;
  /** @type {import("node:child_process").ChildProcess | null} */ #shop = null;

  #configure(change) {
    const passwords = `${this.folder}/data/demo-passwords`;
    mkdirSync(passwords, { recursive: true, mode: 0o700 });
    const hash = execFileSync(`${this.build}/bin/convene`, ["password"], {
      input: `${kPassword}\n`,
    });
    for (const agent of ["anna", "ben", "chloe"]) {
      writeFileSync(`${passwords}/${agent}`, hash);
      chmodSync(`${passwords}/${agent}`, 0o600);
    }
    const demo = readFileSync(`${root}config/demo.toml`, "utf8")
      .replace('data = "var/demo"', 'data = "data"')
      .replace('folder = "plugins"', `folder = "${this.build}/plugins"`)
      .replaceAll("localhost:8081", `localhost:${this.shop_port}`)
      .replaceAll("localhost:8080", `localhost:${this.port}`)
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${this.port}`);
    writeFileSync(`${this.folder}/site.toml`, change(demo));
  }

  async start() {
    const log = openSync(`${this.folder}/serve.log`, "a");
    this.#core = spawn_bound(`${this.build}/bin/convene`, ["serve", "site.toml"], {
      cwd: this.folder,
      stdio: ["ignore", log, log],
    });
    const core = this.#core;
    await until("the gateway is ready", async () => {
      if (core.exitCode !== null)
        throw new Error(`convene serve has ended:\n${this.log().slice(-3000)}`);
      return answers(`${this.origin}/readyz`);
    });
  }

  log() {
    return readFileSync(`${this.folder}/serve.log`, "utf8");
  }

  /** SIGKILL to the core; what it supervised goes with it. */
  async kill_core() {
    const ended = new Promise((done) => this.#core.once("exit", done));
    this.#core.kill("SIGKILL");
    await ended;
    await until("the port is free", async () => !(await answers(`${this.origin}/healthz`)));
  }

  /** SIGKILL to the gateway alone; the core starts it again. */
  async kill_gateway() {
    const pid = this.#children().find((one) => one.name.startsWith("convene-web"))?.pid;
    if (!pid) throw new Error("there is no gateway to kill");
    process.kill(pid, "SIGKILL");
    await until(
      "the gateway is gone",
      () => !existsSync(`/proc/${pid}`) || !this.#children().some((one) => one.pid === pid),
    );
    return pid;
  }

  /** Processes whose parent is the core. */
  #children() {
    const children = [];
    for (const name of readdirSync("/proc")) {
      if (!/^[0-9]+$/.test(name)) continue;
      try {
        const [, comm, state, parent] =
          /^\d+ \((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
        if (Number(parent) === this.#core.pid && state !== "Z")
          children.push({ pid: Number(name), name: comm });
      } catch {
        // It has ended between the two calls.
      }
    }
    return children;
  }

  async close() {
    this.#shop?.kill("SIGTERM");
    if (this.#core && this.#core.exitCode === null && this.#core.signalCode === null) {
      const ended = new Promise((done) => this.#core.once("exit", done));
      this.#core.kill("SIGTERM");
      await Promise.race([ended, wait(8000).then(() => this.#core.kill("SIGKILL"))]);
    }
    if (!process.env.CONVENE_KEEP) rmSync(this.folder, { recursive: true, force: true });
  }
}
