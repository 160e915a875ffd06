// sdk/web/texts.js - every sentence that a customer reads; a site may replace any of them.

/** Replace with `Object.assign(texts, {...})` before the elements are used. Functions take what they mention. */
export const texts = {
  later: "Talk later",
  now: "Talk now",
  now_nobody: "Nobody is here at the moment: talk later, at a time that suits you.",
  now_long: "Several people are waiting just now. Talking later saves you the wait.",
  dialog_title: "Talk to us when it suits you",
  dialog_intro:
    "Tell us what it is about. You get a page of your own: come back by it whenever you like.",
  when: "When",
  on_return: "Whenever I come back",
  at_time: "Remind me at a time",
  book: "Get my page",
  booking: "One moment…",
  close: "Close",
  booked_title: "Your page is ready",
  booked_intro: "Open it when you want to talk. The right person will have what you told us.",
  booked_here: "It works in this browser, on this device.",
  open_page: "Open my page",
  copy: "Copy link",
  copied: "Copied",
  calendar: "Add to calendar",
  bookmark: (how) => `Open your page, then ${how}.`,
  bookmark_keys: (keys) => `press ${keys} to bookmark it`,
  bookmark_touch: "bookmark it in your browser's menu",
  valid_until: (date) => `Good until ${date}.`,
  calendar_title: "Continue the conversation",
  connecting: "Connecting…",
  connected: "Connected",
  waiting_state: "Waiting",
  waiting_head: "Your conversation",
  reconnecting: "Connection lost. Coming back…",
  ended: "The conversation is over.",
  elsewhere: "This conversation is open in another window.",
  searching: "Looking for the right person for you…",
  waiting_hint:
    "They will have in front of them what you told us. You can write already: nothing is lost.",
  found: (name) => `${name} is joining you…`,
  waiting_title: "Nobody is free just now",
  no_agent: "We keep looking for a while. You need not wait: come back whenever it suits you.",
  waiting: "We keep looking; you need not do anything.",
  later_instead: "Would you rather come back later?",
  agent_left: "Your agent has left. We look for somebody else…",
  escalated: "We are fetching somebody who can help further.",
  early_title: "You are early",
  early: (time) => `The agreed time is ${time}. We look for the right person then; you can stay here.`,
  away_title: "The person you know is not here at the moment",
  away_hint: "You decide how it goes on.",
  agent_away: "What would you like?",
  choose_wait: "Wait a little",
  choose_anybody: "Talk to somebody else",
  choose_later: "Come back later",
  nobody_else: "You are alone here at the moment.",
  with: (names) => names,
  joined: (name) => `${name} is here`,
  gone: (name) => `${name} has left`,
  away: (name) => `${name} has lost the connection for a moment`,
  typing: (name) => `${name} is typing…`,
  you: "You",
  somebody: "Your agent",
  write: "Write a message",
  send: "Send",
  sending: "Sending…",
  leave: "Leave",
  leave_question: "Leave this conversation?",
  leave_yes: "Yes, leave",
  stay: "Stay",
  continue_later: "Continue later",
  continue_hint: "Same person, another time",
  continued_title: "You can continue with the same person",
  transcript: "Conversation",
  page_offer: (name) => `${name} would like to show you pages. They open beside the conversation.`,
  page_follow: "Follow along",
  page_tab: "Open in a new tab",
  page_no: "Not now",
  page_shown: (name) => `${name} shows a page`,
  page_yours: "You show a page",
  page_tab_name: "Page",
  page_stop: "Stop following",
  page_again: "Show it",
  page_refused: "This address may not be shown here.",
  show_page: "Show a page",
  show_page_label: "Address of the page to show",
  too_long: "This message is too long.",
  not_sent: (why) => `Not sent: ${why}`,
};

/** Sentences for the reasons with which a leg ends. */
export const endings = {
  left: "You have left the conversation.",
  customer_left: "You have left the conversation.",
  agent_left: "Your agent has ended the conversation.",
  elsewhere: "This conversation is open in another window.",
  no_agent: "Nobody could take the conversation. Your page stays good: come back by it.",
  agent_away:
    "The person you know is not here at the moment. Your page stays good: come back by it.",
  no_answer: "We put your conversation back. Your page stays good: come back by it.",
  customer_chose_later: "Your page stays good: come back by it.",
  put_back: "We put your conversation back. Your page stays good: come back by it.",
  escalated: "Somebody will look into it.",
};

/** A date and time in the reader's language; with the year only where it is another. */
export function when(ms) {
  const date = new Date(ms);
  const other_year = date.getFullYear() !== new Date().getFullYear();
  return date.toLocaleString(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: other_year ? "numeric" : undefined,
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** Hours and minutes. */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** How the reader bookmarks a page: by keys, or where there are none by the browser's menu. */
export function how_to_bookmark() {
  if (matchMedia("(pointer: coarse)").matches) return texts.bookmark_touch;
  return texts.bookmark_keys(navigator.platform.startsWith("Mac") ? "⌘ D" : "Ctrl + D");
}
