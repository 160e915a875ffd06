// sdk/web/test/page_url.test.mjs - the browser reads addresses as the plugin does: one corpus for both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { check_page_url } from "../page_url.js";

const corpus = new URL("../../../plugins/channel_page/corpus.txt", import.meta.url);

function read_corpus() {
  let hosts = [];
  const cases = [];
  readFileSync(corpus, "utf8")
    .split("\n")
    .forEach((line, at) => {
      const said = /^# hosts (\[.*\])$/.exec(line);
      if (said) hosts = JSON.parse(said[1]);
      if (line.trim() === "" || line.startsWith("#")) return;
      const space = line.indexOf(" ");
      cases.push({
        verdict: line.slice(0, space),
        url: JSON.parse(line.slice(space + 1)),
        line: at + 1,
      });
    });
  return { hosts, cases };
}

test("PageUrl.GivesTheVerdictOfTheCorpus", () => {
  const { hosts, cases } = read_corpus();
  const refused = cases.filter((one) => one.verdict !== "ok");
  const wrong = cases.filter((one) => check_page_url(one.url, hosts) !== one.verdict);
  assert.deepEqual(
    wrong.map(
      (one) => `${one.line}: ${JSON.stringify(one.url)} -> ${check_page_url(one.url, hosts)}`,
    ),
    [],
  );
  const opened = refused.filter((one) => check_page_url(one.url, hosts) === "ok").length;
  assert.ok(refused.length >= 500);
  console.log(
    `[  FIGURE  ] F4: hostile addresses that the browser's check lets through = ${opened} of ${refused.length} (to reach: 0 of 500)`,
  );
});

test("PageUrl.ReadsAnAllowedAddressAsTheBrowserDoes", () => {
  const { hosts, cases } = read_corpus();
  for (const { verdict, url, line } of cases) {
    if (verdict !== "ok") continue;
    const read = new URL(url);
    assert.match(read.protocol, /^https?:$/, `line ${line}`);
    assert.ok(url.startsWith(`${read.protocol}//${read.hostname}`), `line ${line}`);
    assert.equal(read.username + read.password, "", `line ${line}`);
    assert.ok(hosts.length > 0);
  }
});

test("PageUrl.AllowsNothingWithoutAnAllowList", () => {
  assert.equal(check_page_url("https://shop.example/", []), "host_not_allowed");
  assert.equal(check_page_url(null, ["localhost"]), "bad_scheme");
});
