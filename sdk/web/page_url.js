// sdk/web/page_url.js - which addresses may be shown: the rules of plugins/channel_page/page_url.hpp, in the browser.

// One strict reading. Browsers mend what they read (WHATWG URL): they drop tabs, turn backslashes around, lower-case,
// decode hosts, read numbers as addresses. Whatever would need mending is refused, so that what we check is what opens.
// plugins/channel_page/corpus.txt is what both sides are tested with.

const kUrlMax = 2048;
const kHostMax = 253;
const kUrlCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/;
const kLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const kNumber = /^(?:[0-9]+|0x[0-9a-f]*)$/;
const kOctet = /^(?:0|[1-9][0-9]{0,2})$/;
const kPort = /^[1-9][0-9]{0,4}$/;

/** Escapes must be complete; none may hide a control character, a backslash, or a further escape. */
function escapes_are_plain(url) {
  for (let at = url.indexOf("%"); at !== -1; at = url.indexOf("%", at + 1)) {
    const digits = url.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return false;
    const byte = parseInt(digits, 16);
    if (byte < 0x20 || byte === 0x7f || byte === 0x5c) return false;
    if (byte === 0x25 && /^[0-9A-Fa-f]{2}$/.test(url.slice(at + 3, at + 5))) return false;
  }
  return true;
}

/** A name, or four octets. A name whose last label is a number is neither. */
function is_host(host) {
  if (host.length === 0 || host.length > kHostMax) return false;
  const labels = host.split(".");
  if (!labels.every((label) => kLabel.test(label))) return false;
  if (!kNumber.test(labels[labels.length - 1])) return true;
  return labels.length === 4 && labels.every((label) => kOctet.test(label) && Number(label) <= 255);
}

/** @returns {import("./page_url.js").Parts | import("./page_url.js").Refusal} */
function parse(url) {
  if (typeof url !== "string") return "bad_scheme";
  if (url.length > kUrlMax) return "too_long";
  if (!kUrlCharacters.test(url)) return "bad_character";
  if (!escapes_are_plain(url)) return "bad_escape";

  const colon = url.indexOf(":");
  const scheme = colon === -1 ? "" : url.slice(0, colon);
  if (scheme !== "http" && scheme !== "https") return "bad_scheme";
  if (!url.startsWith("://", colon)) return "bad_scheme";

  const after = url.slice(colon + 3);
  const end = after.search(/[/?#]/);
  const authority = end === -1 ? after : after.slice(0, end);
  const port_at = authority.indexOf(":");
  const host = port_at === -1 ? authority : authority.slice(0, port_at);
  if (!is_host(host)) return "bad_host"; // Also user information, brackets, escapes.
  const port = port_at === -1 ? "" : authority.slice(port_at + 1);
  if (port_at !== -1 && !(kPort.test(port) && Number(port) <= 65535)) return "bad_port";
  return { scheme, host, port };
}

/** Whether the allow-list's entry covers an address: "shop.example", "shop.example:8443", "*.example.org". */
function covers(entry, parts) {
  const port_at = entry.indexOf(":");
  if (port_at !== -1) {
    const standard = parts.scheme === "https" ? "443" : "80";
    if (entry.slice(port_at + 1) !== (parts.port || standard)) return false;
    entry = entry.slice(0, port_at);
  }
  if (!entry.startsWith("*.")) return is_host(entry) && entry === parts.host;
  const parent = entry.slice(1);
  return (
    is_host(parent.slice(1)) && parts.host.length > parent.length && parts.host.endsWith(parent)
  );
}

/**
 * Why `url` may not be shown where the allow-list is `hosts`, or "ok".
 * @param {string} url
 * @param {readonly string[]} hosts
 * @returns {import("./page_url.js").Refusal}
 */
export function check_page_url(url, hosts) {
  const parts = parse(url);
  if (typeof parts === "string") return parts;
  return hosts.some((entry) => covers(entry, parts)) ? "ok" : "host_not_allowed";
}
