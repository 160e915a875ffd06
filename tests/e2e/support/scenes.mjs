// tests/e2e/support/scenes.mjs - people and what they say, for the stage.

const minute = 60_000;

export const people = {
  camille: {
    name: "Camille Laurent",
    product: "loans",
    lang: "fr",
    topic: "A loan for a heat pump",
    page: "/loans.html",
  },
  jonas: {
    agent: "anna",
    flow: "talk_later",
    service: "service_rendezvous",
    session: 41,
    transcript: { session: 41 },
    roster: [1, 2],
    context: { name: "Jonas Brandt", product: "loans", lang: "de", topic: "Repaying early" },
  },
  mei: { name: "Mei Tanaka", product: "cards", lang: "en", topic: "A card that works in Japan" },
  nobody_yet: { name: "Ada Nowak", product: "loans", lang: "de", topic: "A loan for a small bakery" },
  leila: { name: "Leïla Haddad", product: "loans", lang: "fr", topic: "Papers for the home loan" },
  tom: { name: "Tom Okafor", product: "cards", lang: "en", topic: "A payment that I do not know" },
  /** Everything that makes a line too long, at once. */
  hard: {
    name: "Wolfeschlegelsteinhausenbergerdorff-Maximiliane von und zu Hohenlohe-Langenburg",
    product: "loans",
    lang: "de",
    topic:
      "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, and why it pays no interest",
    customer_since: 1_104_537_600_000,
    orders: [{ number: "A-2025-000017", paid: true, items: ["heat pump", "installation"] }],
    note: "א הלוואה ירוקה עם נקודה",
  },
};

const kTalks = {
  camille: [
    ["customer", "Bonjour ! I am back, as agreed."],
    ["agent", "Welcome back, Camille. You wrote that it is about a heat pump?"],
    [
      "customer",
      "Yes. The installer's offer is 18,400 €, and I would rather not touch what we have put aside.",
    ],
    [
      "agent",
      "That is what the green loan is for: 2.9\u00a0%, fixed for eight years. I can show you the terms, if you like.",
    ],
    ["customer", "Please."],
    ["page", { url: "http://localhost:8081/loans.html", title: "Loans – Alder Savings" }],
    [
      "customer",
      "I see it. And if the subsidy comes through in spring, can I pay a part back at once?",
    ],
    [
      "agent",
      "At any time, without a fee. The next instalments get smaller, or the loan ends sooner: your choice.",
    ],
  ],
  jonas: [
    ["agent", "Good to see you again, Jonas. Did the date work out?"],
    ["customer", "It did! Now I wonder about paying back 5,000 in January."],
  ],
  mei: [["customer", "Hello, I leave for Osaka on Friday."]],
  nobody_yet: [],
  leila: [
    ["agent", "Bonjour Leïla, I have your papers in front of me."],
    ["customer", "Is the pay slip of October enough?"],
    ["customer", "Or do you need September too?"],
  ],
  tom: [
    ["customer", "There is a payment of 49 € that I do not know."],
    ["agent", "I have stopped the card, and the new one is on its way."],
  ],
  hard: [
    ["customer", "👋🏽"],
    ["agent", "👩‍👩‍👧‍👦 🇪🇺 🏳️‍🌈 Good morning to you all!"],
    ["customer", `Here is the reference: ${"0123456789abcdef".repeat(9)}`],
    ["customer", "אני רוצה לשאול על הלוואה ירוקה (2.9 %) לשמונה שנים."],
    ["agent", "مرحبًا، يسعدني أن أساعدك في ذلك."],
    [
      "page",
      {
        url: `http://localhost:8081/loans.html?${"offer=".repeat(30)}`,
        title: "Everything about loans that are paid back sooner than was agreed when they were taken out",
      },
    ],
    [
      "agent",
      "Of course. There are three ways.\n\n1. You pay back at once: no fee.\n2. You pay more each month.\n3. You leave it as it is.\n\n" +
        "With the first the loan ends on the day the money is here, and what you have paid in advance comes back to you within the week. ".repeat(3),
    ],
  ],
};

/** The entries of one talk, the last of them `ago` before now; numbered per channel as a gateway does. */
export function entries_of(who, leg, mine_from, ago = minute) {
  const talk = kTalks[who];
  const count = { chat: 0, page: 0 };
  return talk.map(([from, said], at) => {
    const ch = from === "page" ? "page" : "chat";
    const speaker = from === "page" ? "agent" : from;
    return {
      t: "entry",
      leg,
      ch,
      n: ++count[ch],
      from: speaker,
      name: speaker === "agent" ? "Anna Weber" : people[who].name,
      at: Date.now() - ago - (talk.length - 1 - at) * 40_000,
      body: ch === "page" ? said : { text: said },
      mine: speaker === mine_from,
    };
  });
}

export const details_of = (leg) => ({
  session: leg,
  leg,
  role: 2,
  gateway: "web",
  ticket: `t${leg}`,
  channels: ["chat", "page"],
  flow: "talk_later",
  protocol: 1,
});

export const roster_of = (who, leg, state = "connected") => [
  { leg: leg + 1000, role: 1, state, name: people[who].name ?? people[who].context.name },
  { leg, role: 2, state: "connected", name: "Anna Weber" },
];

const settings = { page: { hosts: ["localhost"], both_ways: true } };

/** A desk's side of the socket: what is there after it attached. */
export function desk_scene({ sessions = [], offers = [], state = "ready", reason = undefined }) {
  return (message, send) => {
    if (message.t === "ping") return send({ t: "pong" });
    if (message.t === "desk") {
      return send({
        t: "attached",
        agent: "anna",
        name: "Anna Weber",
        state,
        reason,
        offers: offers.map((who, at) => ({
          offer: at + 1,
          session: 90 + at,
          flow: "talk_later",
          context: people[who],
          now: Date.now(),
          deadline: Date.now() + 17_000,
          waiting_since: Date.now() - 8_000,
        })),
        sessions: sessions.map((who, at) => ({
          details: details_of(at + 1),
          context: people[who],
          roster: roster_of(who, at + 1),
        })),
      });
    }
    if (message.t === "state") return send({ t: "agent", state: message.state });
    if (message.t === "continue")
      return send({ t: "booked", ref: message.ref, page: "/r/?s=9vT0c1Yh2Qm8sR4kXw7bZg" });
    if (message.t === "connect") {
      const leg = Number(message.ticket.slice(1));
      send({ t: "connected", leg, session: leg, role: 2, channels: ["chat", "page"], settings });
      for (const entry of entries_of(sessions[leg - 1], leg, "agent", leg * minute)) send(entry);
    }
  };
}

/** A customer's side: connected to `who`'s talk; alone where `alone`, and told `notice`. */
export function customer_scene({
  who = "camille",
  alone = false,
  ago = minute,
  notice = { name: "searching", detail: {} },
}) {
  return (message, send) => {
    if (message.t === "ping") return send({ t: "pong" });
    if (message.t !== "connect") return;
    send({ t: "connected", leg: 1001, session: 1, role: 1, channels: ["chat", "page"], settings });
    send({
      t: "roster",
      leg: 1001,
      entries: alone ? roster_of(who, 1).slice(0, 1) : roster_of(who, 1),
    });
    if (alone) return send({ t: "notice", leg: 1001, ...notice });
    for (const entry of entries_of(who, 1001, "customer", ago)) send(entry);
  };
}
