// tests/e2e/support/access.mjs - WCAG 2 A and AA, as far as a program can see it: the rules of axe-core.

import axe from "axe-core";

const kRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/**
 * What breaks a rule on this page, a line each. Nothing of the checker stays in the page.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function broken_rules(page) {
  await page.evaluate(`window.axe ?? (() => { ${axe.source} })()`);
  const { violations } = await page.evaluate(
    (rules) =>
      /** @type {any} */ (window).axe.run(document, {
        runOnly: { type: "tag", values: rules },
        resultTypes: ["violations"],
        iframes: false,
        preload: false,
      }),
    kRules,
  );
  return violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id} at ${node.target.flat().join(" ")}: ${summary_of(node)}`),
  );
}

function summary_of(node) {
  return String(node.failureSummary ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .join("; ");
}

/** Whether what has the focus now shows it: an outline, in whichever shadow root it is. */
export function focus_is_seen(page) {
  return page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (!at || at === document.body) return { name: "", seen: false };
    const style = getComputedStyle(at);
    const name = at.getAttribute("aria-label") || at.textContent?.trim() || at.tagName;
    return { name, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
  });
}
