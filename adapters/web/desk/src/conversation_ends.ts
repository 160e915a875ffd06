// adapters/web/desk/src/conversation_ends.ts - what stands where a message was written, once nothing can be written here.

import { html } from "lit";

import type { Conversation } from "./conversation.js";
import type { Desk } from "./desk.js";

const kEndings: Record<string, string> = {
  customer_left: "The customer has left.",
  all_left: "Everybody has left.",
  elsewhere: "This conversation is open in another window.",
  agent_left: "You have ended the conversation.",
  lost: "The connection was lost for too long.",
  service_failed: "Something went wrong with this service. Please tell whoever runs it.",
  gone: "This session ended while you were not connected.",
};

export function over_bar(desk: Desk, conversation: Conversation) {
  return html`<div class="over" role="status">
    <span>${kEndings[conversation.ended] ?? "The conversation is over."}</span>
    <button title="Alt E" @click=${() => desk.dismiss(conversation)}>Close</button>
  </div>`;
}

/** Everybody of one session meets in one gateway, and this desk is open at another. */
export function elsewhere_bar(address: string) {
  return html`<div class="over" role="status">
    <span
      >This conversation is on another server of your contact centre (${new URL(address).host}). Open
      your desk there: all of your conversations go on there.</span
    >
    <a class="primary" href="${address}/desk/">Open my desk there</a>
  </div>`;
}
