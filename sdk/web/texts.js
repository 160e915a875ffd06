// sdk/web/texts.js - every sentence that a customer reads; a site may replace any of them.

/** Replace with `Object.assign(texts, {...})` before the elements are used. Functions take what they mention. */
export const texts = {
  later: "Talk later",
  now: "Talk now",
  now_nobody: "Nobody is here at the moment: talk later, at a time that suits you.",
  now_long: "Several people are waiting just now. Talking later saves you the wait.",
  dialog_title: "Talk to us when it suits you",
  dialog_intro:
    "Tell us what it is about. We keep your place, and you get a page of your own: open it again whenever you want to talk.",
  optional: "optional",
  when: "When",
  on_return: "Whenever I come back",
  at_time: "Remind me at a time",
  book: "Get my page",
  booking: "One moment…",
  close: "Close",
  booked_title: "Your place is kept",
  booked_intro:
    "Open your page when you want to talk, today or another day. The right person will know what it is about.",
  reminder: (time) => `You chose ${time}. Add it to your calendar, and that reminds you.`,
  booked_here: "It works in this browser, on this device.",
  open_page: "Open my page",
  copy: "Copy link",
  copied: "Copied",
  calendar: "Add to calendar",
  bookmark: (how) => `To find it again: open your page, then ${how}.`,
  bookmark_keys: (keys) => `press ${keys} to bookmark it`,
  bookmark_touch: "bookmark it in your browser's menu",
  valid_until: (date) => `Your place is kept until ${date}.`,
  calendar_title: "Continue the conversation",
  connecting: "Connecting…",
  connected: "Connected",
  waiting_state: "Waiting",
  waiting_head: "Your conversation",
  reconnecting: "Coming back…",
  reconnecting_hint:
    "The connection is lost. Go on writing: it is sent as soon as you are connected again.",
  ended: "The conversation is over.",
  elsewhere: "This conversation is open in another window.",
  searching: "Looking for the right person for you…",
  waiting_hint:
    "They will have in front of them what you told us. You can write already: nothing is lost.",
  waiting_title: "Nobody is free just now",
  no_agent: "We keep looking for a while. You need not wait: come back whenever it suits you.",
  waiting: "We keep looking; you need not do anything.",
  later_instead: "Would you rather come back later?",
  agent_left: "Your agent has left. We look for somebody else…",
  escalated: "We are fetching somebody who can help further.",
  early_title: "You are early",
  early: (time) =>
    `The agreed time is ${time}. We look for the right person then. You can stay here, or close this page and open it again.`,
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
  leave_hint:
    "Leaving ends it. To go on another time with the same person, choose “Continue later” first.",
  leave_yes: "Yes, leave",
  stay: "Stay",
  continue_later: "Continue later",
  continue_hint: "Same person, another time",
  continued_title: "Your next conversation is booked",
  continued_intro: (name) =>
    `With ${name || "the same person"}, whenever it suits you. Keep this page: open it another day, and you go on from here.`,
  transcript: "Conversation",
  page_offer: (name) => `${name} would like to show you a page`,
  page_offer_hint: "It opens beside the conversation, as do the next ones. You can stop at any time.",
  page_follow: "Follow along",
  page_tab: "Open in a new tab",
  page_no: "Not now",
  page_shown: (name) => `${name} shows a page`,
  page_yours: "You show a page",
  page_tab_name: "Page",
  page_stop: "Stop following",
  page_again: "Show it",
  page_refused: "This address may not be shown here.",
  page_refused_hint: (hosts) => `Only pages of ${hosts} can be shown here.`,
  new_mark: "new",
  to_newest: "To the newest",
  new_below: "New messages",
  show_page: "Show a page",
  show_page_label: "Address of the page to show",
  not_sent: (why) => `Not sent: ${why}`,
};

const kKept = "Your place is kept: open this page again whenever it suits you.";

const kFault = "Something went wrong on our side, and we are sorry.";
const kLost = "The connection was lost for too long, and the conversation has ended.";

/** Sentences for the reasons with which a leg ends. */
export const endings = {
  left: "You have left the conversation. Thank you for coming.",
  customer_left: "You have left the conversation. Thank you for coming.",
  agent_left: "Thank you for talking with us.",
  elsewhere: "This conversation is open in another window.",
  no_agent: `Nobody was free this time. ${kKept}`,
  agent_away: `The person you know is not here at the moment. ${kKept}`,
  no_answer: `Nobody was free this time. ${kKept}`,
  customer_chose_later: kKept,
  put_back: `This time it did not come to a conversation. ${kKept}`,
  service_failed: kFault,
  service_loop: kFault,
  timeout: kLost,
  lost: kLost,
  abandoned: kLost,
  escalated: "We could not bring you together with the right person. Somebody will look into it.",
};

/** How the reader bookmarks a page: by keys, or where there are none by the browser's menu. */
export function how_to_bookmark() {
  if (matchMedia("(pointer: coarse)").matches) return texts.bookmark_touch;
  return texts.bookmark_keys(navigator.platform.startsWith("Mac") ? "⌘ D" : "Ctrl + D");
}
