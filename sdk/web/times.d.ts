// sdk/web/times.d.ts - types of times.js.

export function clock(ms: number): string;
export function day(ms: number, now?: number): string;
export function when(ms: number, now?: number): string;
export function other_day(one: number, other: number): boolean;
