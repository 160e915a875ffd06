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
  if (typeof value === "number" && /(_at|_ms|^at|^since)$/.test(name) && value > 1e12)
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

/** The few words that tell one offer from another. */
export function gist_of(context: Context): string {
  return ["topic", "product", "lang"]
    .map((name) => context[name])
    .filter((value): value is string => typeof value === "string" && value !== "")
    .map((value) => kLanguages[value] ?? value)
    .join(" · ");
}
