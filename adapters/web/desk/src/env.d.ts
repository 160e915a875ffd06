// adapters/web/desk/src/env.d.ts - what the bundler resolves.
declare module "*.css";
