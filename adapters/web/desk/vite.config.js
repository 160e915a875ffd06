// adapters/web/desk/vite.config.js - builds the desk into dist/, to be served at /desk/.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/desk/",
  build: { target: "es2022", outDir: "dist", emptyOutDir: true, modulePreload: { polyfill: false } },
  server: { fs: { allow: ["../../.."] } },
});
