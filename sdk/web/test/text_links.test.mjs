// sdk/web/test/text_links.test.mjs - what may be pressed in a text, and that the text stays whole.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pieces_of } from "../text_links.js";

const allowed = { hosts: ["shop.example"], origin: "https://talk.example" };
const links = (text) => pieces_of(text, allowed).flatMap((one) => one.url ?? []);
const whole = (text) =>
  pieces_of(text, allowed)
    .map((one) => one.text)
    .join("");

test("TextLinks.PressesWhatCouldBeShownAsAPage", () => {
  assert.deepEqual(links("See https://shop.example/loans.html, and http://shop.example/a?b=c."), [
    "https://shop.example/loans.html",
    "http://shop.example/a?b=c",
  ]);
  assert.deepEqual(links("(https://shop.example/terms)"), ["https://shop.example/terms"]);
});

test("TextLinks.PressesRendezvousPagesOfTheGatewayAndNothingElseOfIt", () => {
  const page = "https://talk.example/r/?s=9vT0c1Yh2Qm8sR4kXw7bZg";
  assert.deepEqual(links(`Come back to me: ${page}`), [page]);
  assert.deepEqual(links("https://talk.example/desk/ https://talk.example/api/v1/x"), []);
  assert.deepEqual(links("https://talk.example.evil.example/r/x"), []);
  assert.deepEqual(links("https://talk.example@evil.example/r/x"), []);
});

test("TextLinks.LeavesEverythingElseAsText", () => {
  for (const text of [
    "javascript:alert(1)",
    "https://elsewhere.example/",
    "https://user@shop.example/",
    "https://SHOP.example/",
    "HTTPS://shop.example/",
    "shop.example/loans.html",
    "https://shop.example:99999/",
  ])
    assert.deepEqual(links(text), [], text);
});

test("TextLinks.NoCharacterIsLostOrMoved", () => {
  const corpus = new URL("../../../plugins/channel_page/corpus.txt", import.meta.url);
  const lines = readFileSync(corpus, "utf8").split("\n");
  for (const line of [...lines, lines.join(" "), "", "https://", "a https://shop.example/ b 👋🏽"])
    assert.equal(whole(line), line);
});
