// adapters/web/desk/src/alerts.ts - calls back an agent who looks elsewhere: two notes, the title, a notification.

import { chime } from "../../../../sdk/web/chime.js";

const kKey = "desk.sound";
const kAgain_ms = 5_000;
const kOffer = [659, 880];
const kMessage = [587];

/**
 * Rings while an offer stands, and once for a message that nobody looks at. What it shows outside of this window says
 * nothing about who asks: other people see that screen, too.
 */
export class Alerts {
  sound = localStorage.getItem(kKey) !== "no";
  #standing = 0;
  #timer = 0;
  #shown: Notification | null = null;

  /** To be called at a press of the agent's who waits for offers from now on: only then may a browser be asked. */
  ask_for_notifications() {
    if (this.sound && "Notification" in window && Notification.permission === "default")
      void Notification.requestPermission();
  }

  toggle() {
    this.sound = !this.sound;
    localStorage.setItem(kKey, this.sound ? "yes" : "no");
    if (!this.sound) return this.#quiet();
    chime(kMessage);
    this.ask_for_notifications();
  }

  /** How many offers stand now. A new one is heard at once, and again for as long as any is there. */
  offers(count: number) {
    const more = count > this.#standing;
    this.#standing = count;
    if (count === 0) return this.#quiet();
    if (!more || !this.sound) return;
    this.#ring();
    this.#notify("Somebody would like to talk to you", "The offer is on your desk.");
  }

  /** Somebody is there without having been offered: that rings once. */
  joined() {
    if (!this.sound) return;
    chime(kOffer);
    this.#notify("Somebody is with you", "The conversation is open on your desk.");
  }

  message() {
    if (this.sound && this.#standing === 0) chime(kMessage);
  }

  #ring() {
    clearInterval(this.#timer);
    chime(kOffer);
    this.#timer = window.setInterval(() => chime(kOffer), kAgain_ms);
  }

  #notify(title: string, body: string) {
    if (document.hasFocus() || !("Notification" in window)) return;
    if (Notification.permission !== "granted") return;
    this.#shown?.close();
    this.#shown = new Notification(title, { body, icon: "/pages/icon.svg", tag: "desk" });
    this.#shown.onclick = () => window.focus();
  }

  #quiet() {
    clearInterval(this.#timer);
    this.#shown?.close();
    this.#shown = null;
  }
}
