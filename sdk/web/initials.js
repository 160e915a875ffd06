// sdk/web/initials.js - one or two letters for the face of somebody who has no picture here.

/** "Camille Laurent" -> "CL". A letter may be more than one code unit. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : ""];
  return letters
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}
