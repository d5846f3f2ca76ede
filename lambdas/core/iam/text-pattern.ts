/**
 * A set of texts as IAM writes it, taken apart for reasoning: wildcards of `Action` and `Resource`, the values of string and ARN operators, policy
 * variables (IAM User Guide, "IAM policy elements: Variables and tags"). Letters are UTF-16 units.
 */
export type TextPattern = readonly Token[];

export type Token =
  /** One letter; `fold`: in either case (ASCII). */
  | { readonly kind: 'letter'; readonly letter: string; readonly fold: boolean }
  /** `${…}`: whatever text it stands for in a request, the same wherever the variable is the same. Its letter is the whole `${…}`; with `fold`, in any case, it is another one. */
  | { readonly kind: 'variable'; readonly letter: string; readonly fold: boolean }
  /** `?`; without colon in the first five parts of the value of an ARN operator. */
  | { readonly kind: 'one'; readonly colon: boolean }
  /** `*`, likewise. */
  | { readonly kind: 'run'; readonly colon: boolean };

/** How the text of a pattern is read. */
export interface Reading {
  /** `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** `${…}` is a variable, as since version 2012-10-17. */
  readonly variables: boolean;
  /** Case does not count (ASCII). */
  readonly fold?: boolean;
  /** Compared part by part, as ARN operators do (IAM User Guide, "Amazon Resource Name (ARN) condition operators"). */
  readonly arn?: boolean;
}

const WILDCARDS: Reading = { wildcards: true, variables: false };

/** Reads a pattern. `**` is `*`, and `*?` is `?*`: the same texts have the same pattern more often. */
export function readPattern(text: string, reading: Reading = WILDCARDS): TextPattern {
  const tokens: Token[] = [];
  let colons = 0;
  for (let at = 0; at < text.length; at += 1) {
    const variable = reading.variables ? readVariable(text, at, reading.fold === true) : undefined;
    if (variable !== undefined) {
      tokens.push(variable.token);
      at += variable.length - 1;
      continue;
    }
    const letter = text.charAt(at);
    const colon = !reading.arn || colons >= 5;
    if (reading.wildcards && letter === '*') tokens.push({ kind: 'run', colon });
    else if (reading.wildcards && letter === '?') tokens.push({ kind: 'one', colon });
    else tokens.push({ kind: 'letter', letter, fold: reading.fold === true });
    if (letter === ':') colons += 1;
  }
  return orderWildcards(tokens);
}

function readVariable(
  text: string,
  at: number,
  fold: boolean,
): { readonly token: Token; readonly length: number } | undefined {
  if (!text.startsWith('${', at)) return undefined;
  const end = text.indexOf('}', at);
  if (end < 0) return undefined;
  const name = text.slice(at + 2, end);
  const length = end + 1 - at;
  if (name === '*' || name === '?' || name === '$') {
    return { token: { kind: 'letter', letter: name, fold: false }, length };
  }
  const letter = nameVariable(name);
  return { token: { kind: 'variable', letter: fold ? inAnyCase(letter) : letter, fold }, length };
}

/** Names of variables are compared without case, the default value behind a comma (`${aws:username, 'nobody'}`) is not. */
function nameVariable(name: string): string {
  const comma = name.indexOf(',');
  const key = (comma < 0 ? name : name.slice(0, comma)).trim();
  return `\${${lowerAscii(key)}${comma < 0 ? '' : name.slice(comma)}}`;
}

/** The letter of a variable whose text is taken in any case; no other ends like that. */
function inAnyCase(letter: string): string {
  return `${letter}~`;
}

export function lowerAscii(text: string): string {
  // The engine's own lowering is much faster, and the same for ASCII.
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function orderWildcards(tokens: readonly Token[]): Token[] {
  const ordered: Token[] = [];
  for (const token of tokens) {
    const last = ordered.at(-1);
    const sameKind = last?.kind === 'run' && 'colon' in token && token.colon === last.colon;
    if (!sameKind) ordered.push(token);
    else if (token.kind === 'one') ordered.splice(-1, 0, token);
  }
  return ordered;
}

/** Whether the pattern holds a variable: its texts depend on the request. */
export function hasVariable(pattern: TextPattern): boolean {
  return pattern.some(({ kind }) => kind === 'variable');
}

/** The one text of a pattern without wildcards (a variable being one letter of it), or undefined. */
export function readSingleText(pattern: TextPattern): readonly string[] | undefined {
  const letters: string[] = [];
  for (const token of pattern) {
    if (
      token.kind === 'one' ||
      token.kind === 'run' ||
      (token.kind === 'letter' && token.fold && isCased(token.letter))
    ) {
      return undefined;
    }
    letters.push(token.letter);
  }
  return letters;
}

function isCased(letter: string): boolean {
  return /[A-Za-z]/.test(letter);
}

/** Whether a token takes this letter (a run: as one of its letters). A variable is taken by itself only: its text may be of any length and hold colons. */
export function takesLetter(token: Token, letter: string): boolean {
  if (token.kind === 'variable') return token.letter === letter || (token.fold && token.letter === inAnyCase(letter));
  if (token.kind === 'letter') {
    return (
      token.letter === letter || (token.fold && letter.length === 1 && lowerAscii(token.letter) === lowerAscii(letter))
    );
  }
  if (letter.length !== 1) return token.kind === 'run' && token.colon;
  return token.colon || letter !== ':';
}
