// adapters/web/desk/src/facts.ts - a context, which is any JSON, as lines that somebody can read at a glance.

import type { Context, Json } from "./protocol.js";

export interface Fact {
  label: string;
  value: string;
  depth: number;
}

const kWords: Record<string, string> = {
  lang: "Language",
  name: "Name",
  product: "Product",
  topic: "About",
  page: "Came from",
  flow: "Service",
  agent: "Agent",
  session: "Session",
};

const kLanguages: Record<string, string> = {
  en: "English",
  fr: "French",
  de: "German",
  es: "Spanish",
  it: "Italian",
};

/** "customer_since" -> "Customer since". */
export function label_of(name: string) {
  const known = kWords[name];
  if (known) return known;
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function value_of(name: string, value: Json): string {
  if (value === null || value === "") return "–";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (name === "lang" && typeof value === "string") return kLanguages[value] ?? value;
  if (typeof value === "number" && /(_at|_ms|_since|^at|^since)$/.test(name) && value > 1e12)
    return new Date(value).toLocaleString();
  return String(value);
}

/** Names and values in the order in which they were given; what is nested is indented, three levels deep. */
export function facts_of(context: Context, depth = 0): Fact[] {
  const facts: Fact[] = [];
  for (const [name, value] of Object.entries(context)) {
    if (Array.isArray(value) && value.every((one) => one === null || typeof one !== "object")) {
      facts.push({
        label: label_of(name),
        value: value.map((one) => value_of(name, one)).join(", ") || "–",
        depth,
      });
    } else if (value !== null && typeof value === "object") {
      facts.push({ label: label_of(name), value: "", depth });
      const inner: Context = Array.isArray(value)
        ? Object.fromEntries(value.map((one, at) => [String(at + 1), one]))
        : value;
      if (depth < 3) facts.push(...facts_of(inner, depth + 1));
    } else {
      facts.push({ label: label_of(name), value: value_of(name, value), depth });
    }
  }
  return facts;
}

/** What a continuation was made of (claim 4): the core keeps agent, flow, roster and the context of the session before. */
export interface Earlier {
  agent: string;
  flow: string;
  before: number;
}

const is_object = (value: Json | undefined): value is Context =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The context as the customer gave it, and, of a continued conversation, where it comes from. */
export function unfold(context: Context): { original: Context; earlier: Earlier | null } {
  let original = context;
  const earlier: Earlier = { agent: "", flow: "", before: 0 };
  while (typeof original["session"] === "number" && is_object(original["context"])) {
    if (earlier.before === 0) {
      earlier.agent = String(original["agent"] ?? "");
      earlier.flow = String(original["flow"] ?? "");
    }
    earlier.before += 1;
    original = original["context"];
  }
  return { original, earlier: earlier.before > 0 ? earlier : null };
}

function words_of(whole: Context, names: string[]): string[] {
  const { original: context } = unfold(whole);
  return names
    .map((name) => context[name])
    .filter((value): value is string => typeof value === "string" && value !== "")
    .map((value) => kLanguages[value] ?? value);
}

/** What it is about, in the customer's words. */
export function topic_of(whole: Context): string {
  return words_of(whole, ["topic"]).join("");
}

/** What decides who fits: product and language. */
export function tags_of(whole: Context): string[] {
  return words_of(whole, ["product", "lang"]);
}

/** The few words that tell one conversation from another. */
export function gist_of(whole: Context): string {
  return words_of(whole, ["topic", "product", "lang"]).join(" · ");
}

/** The customer's name, where the context has one. */
export function name_of(whole: Context): string {
  const { original } = unfold(whole);
  const said = original["name"] ?? original["customer_name"];
  return typeof said === "string" ? said.trim() : "";
}
