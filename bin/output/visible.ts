/**
 * Characters that a terminal obeys or hides instead of showing them: controls (escape sequences start with one), direction overrides, line and paragraph
 * separators, zero-width and other invisible ones, unassigned ones, halves of pairs.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Longest field that is printed, in characters. */
const LONGEST = 2000;

/** A text from anywhere as it can be printed on one line: what is invisible or would move the cursor is written out, `\u{1b}`. */
export function makeVisible(text: string): string {
  const shown = text.slice(0, LONGEST).replace(INVISIBLE, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return text.length > LONGEST ? `${shown}... (${text.length} characters)` : shown;
}

/** JSON on one line that means the same and holds no such character as it is, so that it can be shown on a terminal too. */
export function toSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
