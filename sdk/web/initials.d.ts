// sdk/web/initials.d.ts - types of initials.js.

export function initials(name: string): string;
