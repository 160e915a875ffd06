// adapters/web/desk/src/socket.ts - one WebSocket that comes back: back-off, liveness, answers matched to questions.

import type { FromGateway, ToGateway } from "./protocol.js";

const kRetryFirst_ms = 300;
const kRetryMost_ms = 8_000;
const kPing_ms = 15_000;
const kAnswerPatience_ms = 8_000;

export class Refused extends Error {
  constructor(
    readonly code: string,
    text: string,
  ) {
    super(text);
  }
}

/** What the desk hears. `open` is called for every new socket, before anything else is sent on it. */
export interface SocketListener {
  open(): void;
  message(message: FromGateway): void;
  lost(): void;
}

export class DeskSocket {
  #socket: WebSocket | null = null;
  #attempt = 0;
  #retry_timer = 0;
  #patience_timer = 0;
  #ping_timer = 0;
  #next_ref = 1;
  #asked = new Map<number, { resolve(answer: FromGateway): void; reject(error: Refused): void }>();
  #stopped = true;

  constructor(
    private readonly url: string,
    private readonly listener: SocketListener,
  ) {
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => this.#hurry());
  }

  start() {
    this.#stopped = false;
    this.#attempt = 0;
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#retry_timer);
    this.#drop();
  }

  /** Gives the socket up and opens another, with the usual patience. */
  restart() {
    this.#lost();
  }

  send(message: ToGateway) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** A fresh number for a message whose answer is taken by `refused` and entries rather than by a promise. */
  next_ref() {
    return this.#next_ref++;
  }

  /** Sends a question; its answer, or `Refused`. A lost socket refuses what was under way. */
  ask(make: (ref: number) => ToGateway): Promise<FromGateway> {
    const ref = this.next_ref();
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(new Refused("unreachable", "There is no connection at the moment."));
        return;
      }
      this.#asked.set(ref, { resolve, reject });
      this.send(make(ref));
    });
  }

  #connect() {
    this.#drop();
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.listener.open();
      this.#ping_timer = window.setInterval(() => {
        this.send({ t: "ping" });
        this.#await_answer();
      }, kPing_ms);
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#take(String(event.data));
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
    this.#await_answer();
  }

  #take(text: string) {
    clearTimeout(this.#patience_timer);
    const message = JSON.parse(text) as FromGateway;
    this.#attempt = 0;
    if ("ref" in message && message.ref !== undefined) {
      const asked = this.#asked.get(message.ref);
      this.#asked.delete(message.ref);
      if (asked && message.t === "refused") asked.reject(new Refused(message.code, message.text));
      else if (asked) asked.resolve(message);
      if (asked) return;
    }
    this.listener.message(message);
  }

  #await_answer() {
    clearTimeout(this.#patience_timer);
    this.#patience_timer = window.setTimeout(() => this.#lost(), kAnswerPatience_ms);
  }

  #lost() {
    this.#drop();
    if (this.#stopped) return;
    this.listener.lost();
    const ceiling = Math.min(kRetryMost_ms, kRetryFirst_ms * 2 ** this.#attempt);
    this.#attempt += 1;
    clearTimeout(this.#retry_timer);
    this.#retry_timer = window.setTimeout(
      () => this.#connect(),
      ceiling * (0.5 + Math.random() / 2),
    );
  }

  #hurry() {
    if (this.#stopped || this.#socket || document.visibilityState !== "visible") return;
    clearTimeout(this.#retry_timer);
    this.#attempt = 0;
    this.#connect();
  }

  #drop() {
    clearTimeout(this.#patience_timer);
    clearInterval(this.#ping_timer);
    const socket = this.#socket;
    this.#socket = null;
    for (const { reject } of this.#asked.values()) {
      reject(new Refused("unreachable", "The connection was lost."));
    }
    this.#asked.clear();
    socket?.close();
  }
}
