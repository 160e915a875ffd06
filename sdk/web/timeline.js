// sdk/web/timeline.js - what was said and shown in one session, in order, without gaps or doubles.

/**
 * Entries arrive numbered per channel, from 1. A gateway that lost its memory numbers from 1 again: what we hold is then
 * kept as it is, and the new entries follow it.
 */
export class Timeline {
  constructor() {
    /** In the order in which they were said. */
    this.entries = [];
    /** Sent by us, not yet confirmed by an entry of ours, oldest first: `{ch, body, key}`. */
    this.pending = [];
    this.newest = {};
    this.generation = 0;
  }

  /** What to say in `connect`: the newest entry held per channel. */
  have() {
    return { ...this.newest };
  }

  /** Takes one `entry` message. False where we hold it already. */
  add(entry) {
    const newest = this.newest[entry.ch] ?? 0;
    if (entry.n <= newest) {
      if (this.#holds(entry)) return false;
      this.#forget_numbers();
    }
    const kept = { ...entry, generation: this.generation };
    let at = this.entries.length;
    while (
      at > 0 &&
      this.entries[at - 1].generation === kept.generation &&
      this.entries[at - 1].at > kept.at
    )
      at -= 1;
    this.entries.splice(at, 0, kept);
    this.newest[entry.ch] = entry.n;
    if (entry.mine) this.#confirm(entry);
    return true;
  }

  /** Remembers what is on its way. `key` names it for `refused`. */
  expect(ch, body, key) {
    this.pending.push({ ch, body, key });
  }

  /** Drops what the other side refused; answers it. */
  refuse(key) {
    const at = this.pending.findIndex((one) => one.key === key);
    return at === -1 ? undefined : this.pending.splice(at, 1)[0];
  }

  #holds(entry) {
    return this.entries.some(
      (one) =>
        one.generation === this.generation &&
        one.ch === entry.ch &&
        one.n === entry.n &&
        one.at === entry.at &&
        JSON.stringify(one.body) === JSON.stringify(entry.body),
    );
  }

  #forget_numbers() {
    this.generation += 1;
    this.newest = {};
  }

  #confirm(entry) {
    const said = JSON.stringify(entry.body);
    let at = this.pending.findIndex(
      (one) => one.ch === entry.ch && JSON.stringify(one.body) === said,
    );
    if (at === -1) at = this.pending.findIndex((one) => one.ch === entry.ch);
    if (at !== -1) this.pending.splice(at, 1);
  }
}
