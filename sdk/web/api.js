// sdk/web/api.js - the gateway's HTTP calls that a customer's browser makes, as functions.

/** What a call was refused with. `code` is stable, `text` is for people, `status` is 0 where nobody answered. */
export class ApiError extends Error {
  constructor(status, code, text, retry_after_ms = 0) {
    super(text);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.retry_after_ms = retry_after_ms;
  }

  /** Whether trying again later makes sense: nobody answered, busy, or told to slow down. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Which of this browser's conversations a window has: 16 characters that name the session's cookie, so that two windows
 * do not mix theirs. A rendezvous page's seat is the page's name.
 */
export function fresh_seat() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

/** A browser does not tell a script why it got no answer, so the likely reason is said where developers look. */
function tell_the_developer(base) {
  console.warn(
    `convene: no answer from ${base}. It runs, and this page's origin is in its settings? ` +
      `[adapter.web.settings] origins = ["${location.origin}", ...]`,
  );
}

/** A client of one gateway. `base` is its origin; without it, the page's own. */
export class Api {
  constructor(base = location.origin) {
    this.base = new URL(base, location.href).origin;
  }

  /** The address of a leg's WebSocket: at the gateway that its details name, else at this one. */
  leg_url({ address = "" } = {}) {
    return (address || this.base).replace(/^http/, "ws") + "/api/v1/leg";
  }

  /** Books: `{flow, context, at?, agent?, carriage?}`. `key` makes a repetition harmless. */
  book(wish, key = crypto.randomUUID()) {
    return this.#call("POST", "/api/v1/rendezvous", wish, { "Idempotency-Key": key });
  }

  /** Books the continuation of a session. It says nothing about it but the seat: the gateway knows (claim 4). */
  book_continuation(seat = "", key = crypto.randomUUID()) {
    const wish = { continue: true, ...(seat ? { seat } : {}) };
    return this.#call("POST", "/api/v1/rendezvous", wish, { "Idempotency-Key": key });
  }

  /** What is booked behind a page of this browser. Joins nobody. */
  look(page) {
    return this.#call("GET", `/api/v1/rendezvous?page=${encodeURIComponent(page)}`);
  }

  retime(page, at) {
    return this.#call(
      "PATCH",
      `/api/v1/rendezvous?page=${encodeURIComponent(page)}`,
      at === null ? {} : { at },
    );
  }

  cancel(page) {
    return this.#call("DELETE", `/api/v1/rendezvous?page=${encodeURIComponent(page)}`);
  }

  /** The customer is here: redeems the page's identifier, answers `{session, details}`. */
  come_back(page) {
    return this.#call("POST", "/api/v1/rendezvous/return", { page });
  }

  /** A conversation now, without a booking: answers `{session, details}`. */
  start(flow, context, seat = "") {
    return this.#call("POST", "/api/v1/sessions", { flow, context, ...(seat ? { seat } : {}) });
  }

  /** Fresh connection details for the session of this seat, by its cookie. */
  resume(seat = "") {
    return this.#call("POST", "/api/v1/sessions/resume", seat ? { seat } : {});
  }

  /** Whether somebody is there, per flow: `{flows: {id: {open, agents, free, waiting, wait, next}}}`. */
  availability(flow = "") {
    const query = flow ? `?flow=${encodeURIComponent(flow)}` : "";
    return this.#call("GET", `/api/v1/availability${query}`);
  }

  async #call(method, path, body, headers = {}) {
    /** @type {RequestInit & {headers: Record<string, string>}} */
    const request = {
      method,
      credentials: this.base === location.origin ? "same-origin" : "include",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      headers: { "Convene-Client": "1", ...headers },
    };
    if (body !== undefined) {
      request.headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(body);
    }
    let response;
    try {
      response = await fetch(this.base + path, request);
    } catch {
      if (this.base !== location.origin) tell_the_developer(this.base);
      throw new ApiError(0, "unreachable", "The service cannot be reached at the moment. Is this device online?");
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new ApiError(
      response.status,
      String(answer.code ?? "failed"),
      String(answer.text ?? "The service could not do this."),
      1000 * Number(response.headers.get("Retry-After") ?? 0),
    );
  }
}
