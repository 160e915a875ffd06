// examples/shop/server.mjs - serves the shop's pages on an origin of its own: no dependency, nothing but GET.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const port = Number(process.env.PORT ?? 8081);
const gateway = new URL(process.env.GATEWAY ?? "http://localhost:8080").origin;
const folder = new URL("./pages/", import.meta.url);

const types = new Map([
  [".html", "text/html; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

const headers = {
  "Content-Security-Policy": [
    "default-src 'none'",
    `script-src 'self' ${gateway}`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${gateway}`,
    "base-uri 'none'",
    `frame-ancestors 'self' ${gateway}`,
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

/** The file that a path names, or nothing. Names are plain: no folder, no dots but that of the ending. */
function file_of(path) {
  const name = path === "/" ? "index.html" : path.slice(1);
  if (!/^[a-z0-9_-]+\.[a-z]+$/.test(name)) return null;
  const type = types.get(name.slice(name.indexOf(".")));
  return type ? { type, path: fileURLToPath(new URL(name, folder)) } : null;
}

const server = createServer(async (request, response) => {
  const file = file_of(new URL(request.url ?? "/", "http://shop").pathname);
  if (!file || (request.method !== "GET" && request.method !== "HEAD")) {
    response.writeHead(404, headers).end("There is nothing here.\n");
    return;
  }
  try {
    const text = await readFile(file.path, "utf8");
    response.writeHead(200, { ...headers, "Content-Type": file.type });
    response.end(text.replaceAll("{{gateway}}", gateway));
  } catch {
    response.writeHead(404, headers).end("There is nothing here.\n");
  }
});

server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  console.log(`shop: http://localhost:${typeof address === "object" ? address?.port : port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
