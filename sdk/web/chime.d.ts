// sdk/web/chime.d.ts - types of chime.js.

export function chime(notes?: readonly number[]): void;
