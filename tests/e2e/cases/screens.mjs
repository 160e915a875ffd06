// tests/e2e/cases/screens.mjs - every state that people see, wide and narrow, light and dark, kept as pictures.

import { fileURLToPath } from "node:url";
import { profile } from "../support/browser.mjs";
import { customer_scene, desk_scene, details_of } from "../support/scenes.mjs";
import { kOrigin, set_stage } from "../support/stage.mjs";

const kSizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const booked = {
  flow: "talk_later",
  title: "Talk to us later",
  state: "booked",
  carriage: "query",
  page: "/r/demo",
  link: "/r/?s=demo",
  expires_at: Date.now() + 30 * 86_400_000,
  channels: ["chat", "page"],
};

const kAccepts = (method, path) =>
  path.endsWith("/return") || path.endsWith("/resume") || path.endsWith("/sessions")
    ? [200, { session: 1, details: { ...details_of(1001), role: 1 } }]
    : [200, booked];

const scenes = [
  {
    name: "desk_sign_in",
    path: "/desk/",
    socket: (_, send) => send({ t: "bye", code: "signed_out", text: "" }),
  },
  { name: "desk_empty", path: "/desk/", socket: desk_scene({}) },
  { name: "desk_paused", path: "/desk/", socket: desk_scene({ state: "paused" }) },
  { name: "desk_offer", path: "/desk/", socket: desk_scene({ offers: ["mei"] }) },
  {
    name: "desk_full",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille", "jonas"], offers: ["mei"] }),
  },
  {
    name: "desk_list",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille", "jonas"], offers: ["mei"] }),
    after: (page) => page.getByRole("button", { name: "Back to the list" }).click(),
    only: "narrow",
  },
  {
    name: "desk_columns",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille", "jonas", "mei"] }),
    before: columns,
    only: "wide",
  },
  {
    name: "desk_continued",
    path: "/desk/",
    socket: desk_scene({ sessions: ["jonas"] }),
    after: later,
  },
  {
    name: "desk_keys",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille"] }),
    after: (page) => page.getByRole("button", { name: "Keys" }).click(),
    only: "wide",
  },
  {
    name: "desk_dark",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille", "jonas"], offers: ["mei"] }),
    dark: true,
  },
  { name: "desk_lost", path: "/desk/", socket: desk_scene({ sessions: ["camille"] }), after: lost },
  { name: "page_booked", path: "/r/demo", api: () => [200, booked] },
  { name: "page_unknown", path: "/r/demo" },
  {
    name: "page_elsewhere",
    path: "/r/demo",
    api: (_, path) =>
      path.endsWith("/resume")
        ? [404, { code: "no_session", text: "" }]
        : [200, { ...booked, state: "live" }],
  },
  {
    name: "page_waiting",
    path: "/r/demo",
    api: kAccepts,
    socket: customer_scene({ alone: true }),
    after: join,
  },
  {
    name: "page_early",
    path: "/r/demo",
    api: kAccepts,
    socket: customer_scene({
      alone: true,
      notice: { name: "early", detail: { due: Date.now() + 2 * 3_600_000 } },
    }),
    after: join,
  },
  {
    name: "page_away",
    path: "/r/demo",
    api: kAccepts,
    socket: customer_scene({
      alone: true,
      notice: { name: "agent_away", detail: { choices: ["wait", "anybody", "later"] } },
    }),
    after: join,
  },
  {
    name: "page_nobody",
    path: "/r/demo",
    api: kAccepts,
    socket: customer_scene({ alone: true, notice: { name: "no_agent", detail: { book_later: true } } }),
    after: join,
  },
  { name: "page_talk", path: "/r/demo", api: kAccepts, socket: customer_scene({}), after: join },
  {
    name: "page_follow",
    path: "/r/demo",
    api: kAccepts,
    socket: customer_scene({}),
    after: follow,
  },
  {
    name: "page_talk_dark",
    path: "/r/demo",
    api: kAccepts,
    socket: customer_scene({}),
    after: join,
    dark: true,
  },
];

async function join(page) {
  await page.getByRole("button", { name: "I’m here" }).click();
  await page.getByRole("status").first().waitFor({ state: "attached" });
}

function columns(context) {
  return context.addInitScript(() => localStorage.setItem("desk.columns", "yes"));
}
function later(page) {
  return page.getByTitle("Continue later").click();
}

async function follow(page) {
  await page.context().route("http://localhost:8081/**", (route) => {
    const name = /^\/([a-z]+\.(?:html|css|svg))$/.exec(
      new URL(route.request().url()).pathname,
    )?.[1];
    if (!name) return route.abort();
    return route.fulfill({
      path: fileURLToPath(new URL(`../../../examples/shop/pages/${name}`, import.meta.url)),
    });
  });
  await join(page);
  await page.getByRole("button", { name: "Follow along" }).click();
  await page.frameLocator("iframe").getByRole("heading").first().waitFor();
}

async function lost(page, context, stage) {
  stage.cut();
  await page.getByRole("alert").first().waitFor();
}

export const cases = [
  {
    name: "Screens.EveryStateIsAPictureWideAndNarrow",
    async run({ browser, watch, screenshots }) {
      for (const scene of scenes) {
        for (const [size, viewport] of Object.entries(kSizes)) {
          if (scene.only && scene.only !== size) continue;
          const context = await profile(browser, watch, {
            viewport,
            colorScheme: scene.dark ? "dark" : "light",
          });
          const stage = await set_stage(context, scene);
          await scene.before?.(context);
          const page = await context.newPage();
          await page.goto(kOrigin + scene.path);
          await page.waitForTimeout(400);
          await scene.after?.(page, context, stage);
          await page.waitForTimeout(300);
          await page.screenshot({ path: `${screenshots}/${scene.name}_${size}.png` });
          await context.close();
        }
      }
    },
  },
];
