// sdk/web/text_links.js - which addresses in a text may be pressed: those that could be shown as a page, and our own.

import { check_page_url } from "./page_url.js";

const kAddress = /https?:\/\/[^\s<>"']+/g;
/** What ends a sentence or closes a bracket belongs to the text, not to the address. */
const kTail = /[.,;:!?)\]}»”’]+$/;

/** A rendezvous page of this gateway: what "continue later" puts into a chat. */
function is_own_page(url, origin) {
  return url.startsWith(`${origin}/r/`) && check_page_url(url, [new URL(origin).host]) === "ok";
}

/**
 * A text in pieces that make the whole again, `url` where a piece may be pressed. `hosts` is the allow-list of the
 * conversation's pages, `origin` the gateway's.
 * @param {string} text
 * @param {{hosts: readonly string[], origin: string}} allowed
 * @returns {import("./text_links.js").Piece[]}
 */
export function pieces_of(text, { hosts, origin }) {
  /** @type {import("./text_links.js").Piece[]} */
  const pieces = [];
  let at = 0;
  for (const found of text.matchAll(kAddress)) {
    const url = found[0].replace(kTail, "");
    if (check_page_url(url, hosts) !== "ok" && !is_own_page(url, origin)) continue;
    if (found.index > at) pieces.push({ text: text.slice(at, found.index) });
    pieces.push({ text: url, url });
    at = found.index + url.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
