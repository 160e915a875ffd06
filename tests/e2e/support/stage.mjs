// tests/e2e/support/stage.mjs - the pages on a stage: a scripted gateway, for looks that are hard to reach live.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";

const root = new URL("../../../", import.meta.url);
const folders = {
  client: "sdk/web/",
  pages: "adapters/web/pages/",
  desk: "adapters/web/desk/dist/",
};
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "connect-src 'self' ws://localhost:8080; frame-src localhost:*; object-src 'none'; base-uri 'none'; form-action 'self'";

export const kOrigin = "http://localhost:8080";
export const kShop = "http://localhost:8081";

/** The file behind a path of the gateway; the table is that of adapters/web/pages/README.md. */
function file_of(path) {
  if (path === "/") return new URL("adapters/web/pages/talk.html", root);
  if (/^\/r\/[\w-]*$/.test(path)) return new URL("adapters/web/pages/rendezvous.html", root);
  const [, part, rest] = /^\/(client|pages|desk)\/(.*)$/.exec(path) ?? [];
  return part ? new URL(folders[part] + (rest || "index.html"), root) : null;
}

/** The shop's pages, as examples/shop/server.mjs serves them. */
async function serve_shop(route) {
  const { pathname } = new URL(route.request().url());
  const name = pathname === "/" ? "index.html" : /^\/([a-z]+\.[a-z]+)$/.exec(pathname)?.[1];
  const text = name && (await readFile(new URL(`examples/shop/pages/${name}`, root), "utf8").catch(() => ""));
  if (!text) return route.fulfill({ status: 404, body: "" });
  return route.fulfill({
    body: text.replaceAll("{{gateway}}", kOrigin),
    contentType: types[extname(name)] ?? "text/plain",
  });
}

/** What a gateway lets the shop's origin do. */
const kCors = {
  "Access-Control-Allow-Origin": kShop,
  "Access-Control-Allow-Credentials": "true",
  "Access-Control-Allow-Headers": "content-type, idempotency-key, convene-client",
};

/**
 * @typedef {(method: string, path: string, body?: any) => any[]} Calls
 * @typedef {(message: any, send: (message: any) => void) => void} Talks
 *
 * Answers everything of the gateway's origin in `context`. `api(method, path, body)` answers calls with
 * `[status, body]`; `socket(message, send)` is called for every message of a page's socket. `cut()` of the answer closes
 * all sockets and lets none open again.
 * @param {import("playwright-core").BrowserContext} context
 * @param {{api?: Calls, socket?: Talks}} scene
 */
export async function set_stage(
  context,
  { api = () => [404, { code: "unknown_identifier", text: "Not found" }], socket = () => {} },
) {
  await context.route(`${kOrigin}/**`, async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (
      pathname.startsWith("/api/") ||
      (/\.(ics|svg)$/.test(pathname) && pathname.startsWith("/r/"))
    ) {
      if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers: kCors });
      const [status, body] = api(request.method(), pathname, request.postDataJSON?.());
      const drawn = typeof body === "string";
      return route.fulfill({
        status,
        contentType: drawn ? "image/svg+xml" : "application/json",
        headers: kCors,
        body: drawn ? body : JSON.stringify(body),
      });
    }
    const file = file_of(pathname);
    const body = file && (await readFile(file).catch(() => null));
    if (!body) return route.fulfill({ status: 404, body: "" });
    return route.fulfill({
      body,
      contentType: types[extname(file.pathname)] ?? "text/plain",
      headers: { "Content-Security-Policy": policy, ...kCors },
    });
  });
  await context.route(`${kShop}/**`, serve_shop);
  const sockets = [];
  let is_cut = false;
  await context.routeWebSocket(`${kOrigin.replace("http", "ws")}/**`, (ws) => {
    if (is_cut) return ws.close();
    sockets.push(ws);
    ws.onMessage((text) =>
      socket(JSON.parse(String(text)), (message) => ws.send(JSON.stringify(message))),
    );
  });
  return {
    cut: () => {
      is_cut = true;
      for (const ws of sockets) ws.close();
    },
  };
}
