/** Control characters, direction overrides, invisible and line-separating ones: what can make text look like other text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON in whose strings nothing is invisible but line feeds and tabs: such characters are written out, `\u{202e}`. For showing to people only. */
export function toVisibleJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' ? member.replace(INVISIBLE, writeOut) : member,
  );
}

function writeOut(character: string): string {
  if (character === '\n' || character === '\t') return character;
  return `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;
}
