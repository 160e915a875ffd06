// sdk/web/page_url.d.ts - types of page_url.js.

export interface Parts {
  scheme: string;
  host: string;
  port: string;
}

/** "ok", or why an address is refused; the codes are those of plugins/channel_page. */
export type Refusal =
  | "ok"
  | "too_long"
  | "bad_character"
  | "bad_escape"
  | "bad_scheme"
  | "bad_host"
  | "bad_port"
  | "host_not_allowed";

/** Why `url` may not be shown where the allow-list is `hosts`, or "ok". */
export function check_page_url(url: string, hosts: readonly string[]): Refusal;
