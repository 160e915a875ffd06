// sdk/web/text_links.d.ts - types of text_links.js.

export interface Piece {
  text: string;
  /** Set where the piece may be pressed: the same as its text. */
  url?: string;
}

export function pieces_of(
  text: string,
  allowed: { hosts: readonly string[]; origin: string },
): Piece[];
