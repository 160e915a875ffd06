// sdk/web/timeline.d.ts - types of timeline.js.

export interface TimelineEntry {
  ch: string;
  n: number;
  at: number;
  mine: boolean;
  from: string;
  name?: string;
  body: { text?: string; url?: string; title?: string };
  generation?: number;
}

export interface Pending {
  ch: string;
  body: { text?: string; url?: string; title?: string };
  key: number;
}

export class Timeline {
  readonly entries: readonly TimelineEntry[];
  readonly pending: readonly Pending[];
  have(): Record<string, number>;
  add(entry: TimelineEntry): boolean;
  expect(channel: string, body: Pending["body"], key: number): void;
  refuse(key: number): Pending | undefined;
}
