// sdk/web/leg.js - the customer's leg controller: one socket, one leg, and coming back when either is lost.

import { ApiError } from "./api.js";
import { Timeline } from "./timeline.js";

const kProtocol = 1;
const kRetryFirst_ms = 300;
const kRetryMost_ms = 10_000;
const kPing_ms = 20_000;
const kAnswerPatience_ms = 10_000;

/** Codes of `bye` after which this window does not come back by itself. */
const kFinalByes = new Map([
  ["elsewhere", "elsewhere"],
  ["ended", "ended"],
]);

/**
 * States: `idle` -> `connecting` -> `connected` <-> `reconnecting` -> `ended` | `elsewhere`.
 *
 * Events (CustomEvent, what happened in `detail`): `state`, `entry`, `signal`, `roster`, `notice`, `refused`, `pending`.
 * Details for each connection come from `fetch_details`; the first may be given to `open`. A lost socket is opened
 * again with back-off, a lost network or gateway waited for; a leg that is over is not.
 */
export class LegController extends EventTarget {
  #api;
  /** @type {WebSocket | null} */
  #socket = null;
  #fetch_details;
  #retry_timer = 0;
  #patience_timer = 0;
  #ping_timer = 0;
  #attempt = 0;
  #next_ref = 1;
  #resend = false;
  #asked = new Map();
  #wake = () => this.#hurry();

  constructor(api, fetch_details = () => api.resume().then((answer) => answer.details)) {
    super();
    this.#api = api;
    this.#fetch_details = fetch_details;
    this.state = "idle";
    this.reason = "";
    this.leg = 0;
    this.session = 0;
    this.channels = [];
    this.settings = {};
    this.roster = [];
    this.timeline = new Timeline();
    /** Whether what was said before this window opened has come; what comes after that is news. */
    this.caught_up = false;
  }

  /** Connects with these details, or with fetched ones. */
  open(details) {
    if (this.state !== "idle") return;
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#become("connecting");
    if (details) this.#connect(details);
    else void this.#fetch_and_connect();
  }

  /** Sends a frame that becomes an entry. It is kept and repeated until it is confirmed or refused. */
  say(ch, body) {
    const key = this.#next_ref++;
    this.timeline.expect(ch, body, key);
    if (this.state === "connected") this.#send_frame(ch, body, key);
    this.#tell("pending");
  }

  /** Sends a frame that is not kept. Lost while there is no connection. */
  signal(ch, body) {
    if (this.state === "connected") this.#send({ t: "frame", leg: this.leg, ch, body });
  }

  /** Leaves the conversation for good. */
  leave() {
    if (this.state === "connected") this.#send({ t: "leave", leg: this.leg });
    else this.#finish("ended", "customer_left");
  }

  /** Asks the service for something; a promise of its answer. */
  ask(name, detail = {}) {
    return this.#request({ t: "ask", leg: this.leg, name, detail });
  }

  /** Closes the socket without leaving the session: the page goes away, the leg may come back. */
  close() {
    this.#finish("idle", "");
  }

  #become(state, reason = "") {
    if (this.state === state && this.reason === reason) return;
    this.state = state;
    this.reason = reason;
    this.#tell("state", { state, reason });
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async #fetch_and_connect() {
    try {
      const details = await this.#fetch_details();
      if (this.#over()) return;
      this.#connect(details);
    } catch (error) {
      if (this.#over()) return;
      if (error instanceof ApiError && !error.passing) this.#finish("ended", error.code);
      else this.#retry_later(error instanceof ApiError ? error.retry_after_ms : 0);
    }
  }

  #connect(details) {
    this.#drop_socket();
    this.leg = details.leg;
    this.session = details.session;
    const socket = new WebSocket(this.#api.leg_url(details));
    this.#socket = socket;
    socket.onopen = () =>
      this.#send({
        t: "connect",
        ticket: details.ticket,
        channels: details.channels,
        protocol: kProtocol,
        have: this.timeline.have(),
      });
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#take(event.data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
    this.#await_answer();
  }

  #take(text) {
    clearTimeout(this.#patience_timer);
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    switch (message.t) {
      case "connected":
        return this.#on_connected(message);
      case "entry":
        if (this.timeline.add(message)) this.#tell("entry", message);
        return;
      case "signal":
      case "notice":
        return this.#tell(message.t, message);
      case "channels":
        this.channels = message.channels ?? [];
        return this.#tell("channels", { channels: this.channels });
      case "roster":
        this.roster = message.entries ?? [];
        return this.#tell("roster", { entries: this.roster });
      case "details":
        return this.#on_details(message.details);
      case "left":
        return this.#finish(
          message.reason === "elsewhere" ? "elsewhere" : "ended",
          String(message.reason ?? ""),
        );
      case "pong":
        return this.#on_caught_up();
      case "ok":
      case "booked":
        return this.#answered(message);
      case "refused":
        return this.#on_refused(message);
      case "bye":
        if (kFinalByes.has(message.code)) this.#finish(kFinalByes.get(message.code), message.code);
        return;
      default:
    }
  }

  #on_connected(message) {
    this.leg = message.leg;
    this.channels = message.channels ?? [];
    this.settings = message.settings ?? {};
    this.#attempt = 0;
    this.#become("connected");
    // Entries that were missed come before the answer to this; what is unconfirmed then was not heard.
    this.#send({ t: "ping" });
    clearInterval(this.#ping_timer);
    this.#ping_timer = setInterval(() => {
      this.#send({ t: "ping" });
      this.#await_answer();
    }, kPing_ms);
    this.#resend = true;
  }

  /** The session's channels have changed: open what is offered now (claim 18). */
  #on_details(details) {
    if (details?.leg !== this.leg) return;
    this.#send({ t: "channels", leg: this.leg, channels: details.channels ?? [] });
  }

  #on_caught_up() {
    this.caught_up = true;
    if (!this.#resend) return;
    this.#resend = false;
    for (const { ch, body, key } of this.timeline.pending) this.#send_frame(ch, body, key);
  }

  #on_refused(message) {
    const dropped = this.timeline.refuse(message.ref);
    const asked = this.#asked.get(message.ref);
    if (asked) {
      this.#asked.delete(message.ref);
      asked.reject(new ApiError(409, message.code, message.text));
      return;
    }
    if (message.ref === undefined && this.state !== "connected") return this.#refused_connect();
    this.#tell("refused", { ...message, dropped });
    if (dropped) this.#tell("pending");
  }

  /** The ticket was not taken: it was used or is too old. Fresh details will tell whether the session still is. */
  #refused_connect() {
    this.#drop_socket();
    this.#retry_later(0);
  }

  #request(message) {
    const ref = this.#next_ref++;
    return new Promise((resolve, reject) => {
      if (this.state !== "connected")
        return reject(new ApiError(0, "unreachable", "There is no connection."));
      this.#asked.set(ref, { resolve, reject });
      this.#send({ ...message, ref });
    });
  }

  #answered(message) {
    const asked = this.#asked.get(message.ref);
    this.#asked.delete(message.ref);
    asked?.resolve(message);
  }

  #send_frame(ch, body, ref) {
    this.#send({ t: "frame", leg: this.leg, ch, body, ref });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Nothing heard for so long: the socket is dead, whatever it says. */
  #await_answer() {
    clearTimeout(this.#patience_timer);
    this.#patience_timer = setTimeout(() => {
      this.#drop_socket();
      this.#lost();
    }, kAnswerPatience_ms);
  }

  #lost() {
    this.#drop_socket();
    if (!this.#over()) this.#retry_later(0);
  }

  #retry_later(at_least_ms) {
    this.#become("reconnecting");
    const ceiling = Math.min(kRetryMost_ms, kRetryFirst_ms * 2 ** this.#attempt);
    this.#attempt += 1;
    const wait = Math.max(at_least_ms, ceiling * (0.5 + Math.random() / 2));
    clearTimeout(this.#retry_timer);
    this.#retry_timer = setTimeout(() => void this.#fetch_and_connect(), wait);
  }

  /** The network is back, or somebody looks: no reason to wait for the timer. */
  #hurry() {
    if (this.state !== "reconnecting" || document.visibilityState !== "visible" || this.#socket)
      return;
    clearTimeout(this.#retry_timer);
    this.#attempt = 0;
    this.#retry_later(0);
  }

  #over() {
    return this.state === "ended" || this.state === "elsewhere" || this.state === "idle";
  }

  #finish(state, reason) {
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#retry_timer);
    this.#drop_socket();
    this.#become(state, reason);
  }

  #drop_socket() {
    clearTimeout(this.#patience_timer);
    clearInterval(this.#ping_timer);
    const socket = this.#socket;
    this.#socket = null;
    for (const { reject } of this.#asked.values()) {
      reject(new ApiError(0, "unreachable", "The connection was lost."));
    }
    this.#asked.clear();
    if (socket) socket.close();
  }
}
