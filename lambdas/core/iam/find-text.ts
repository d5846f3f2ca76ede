import { lowerAscii, readSingleText, type TextPattern, type Token, takesLetter } from './text-pattern.ts';

/** Steps of search that are left; one budget for all questions of one comparison. */
export interface Work {
  left: number;
}

export type Search<Found> = { readonly kind: 'found'; readonly example: Found } | { readonly kind: 'none' | 'open' };

/** Positions in a pattern that the letters read so far lead to, ascending. */
type Positions = readonly number[];

/**
 * Searches a text that all of the one patterns match and none of the others: exact, so that `none` proves the ones to be covered by the others. `open`: the
 * work ran out. Variables count as letters of their own, which is right with a single pattern in `within`; `findVariableText` minds the rest.
 * Walks the patterns as automata, each letter once for every set of positions.
 */
export function findText(within: readonly TextPattern[], avoided: readonly TextPattern[], work: Work): Search<string> {
  work.left -= 1 + (within.length + avoided.length) / 8;
  if (work.left < 0) return { kind: 'open' };
  if (within.some((one, at) => within.slice(at + 1).some((other) => !mayShareText(one, other))))
    return { kind: 'none' };
  const without = avoided.filter((pattern) => within.every((one) => mayShareText(pattern, one)));
  const single = within.map(readSingleText).find((letters) => letters !== undefined);
  if (single !== undefined) return checkText(single, within, without, work);
  work.left -= [...within, ...without].reduce((sum, pattern) => sum + pattern.length, 0) / 64;
  const guess = guessText(within, without);
  if (guess !== undefined) return { kind: 'found', example: guess };
  const patterns = [...within, ...without];
  const other = findOtherLetter(patterns);
  const start = patterns.map((pattern) => closeOverRuns(pattern, [0]));
  const seen = new Set<string>();
  const open: { readonly states: readonly Positions[]; readonly text: string }[] = [{ states: start, text: '' }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { states, text } = step;
    if (isDead(states, within, without)) continue;
    const key = states.map((positions) => positions.join(',')).join(';');
    if (seen.has(key)) continue;
    seen.add(key);
    work.left -= states.reduce((sum, positions) => sum + positions.length, 1);
    if (work.left < 0) return { kind: 'open' };
    if (isAccepted(states, within, without)) return { kind: 'found', example: text };
    for (const letter of findLetters(patterns, states, within.length, other)) {
      open.push({
        states: patterns.map((pattern, at) => readLetter(pattern, states[at] ?? [], letter)),
        text: text + letter,
      });
    }
  }
  return { kind: 'none' };
}

/** Whether the letters in front of the first wildcards and behind the last let two patterns have a text in common. Walked only as far as they agree. */
export function mayShareText(one: TextPattern, other: TextPattern): boolean {
  const shorter = Math.min(one.length, other.length);
  return agree(one, 0, other, 0, 1, shorter) && agree(one, one.length - 1, other, other.length - 1, -1, shorter);
}

function agree(one: TextPattern, start: number, other: TextPattern, begin: number, step: 1 | -1, most: number) {
  for (let at = 0; at < most; at += 1) {
    const [mine, theirs] = [one[start + at * step], other[begin + at * step]];
    if (mine?.kind !== 'letter' || theirs?.kind !== 'letter' || mine.fold || theirs.fold) return true;
    if (mine.letter !== theirs.letter) return false;
  }
  return true;
}

/** Whether a pattern matches the letters. */
export function matchesLetters(pattern: TextPattern, letters: readonly string[]): boolean {
  let positions = closeOverRuns(pattern, [0]);
  for (const letter of letters) {
    if (positions.length === 0) return false;
    positions = readLetter(pattern, positions, letter);
  }
  return positions.at(-1) === pattern.length;
}

/** Most patterns that are told apart are so by one of them with nothing, or some letter, for its wildcards. */
function guessText(within: readonly TextPattern[], without: readonly TextPattern[]): string | undefined {
  for (const guide of within) {
    for (const run of [[], ['x']]) {
      const text = guide.flatMap((token) => ('letter' in token ? token.letter : token.kind === 'one' ? 'x' : run));
      const taken = within.length < 2 || within.every((one) => matchesLetters(one, text));
      if (taken && !without.some((one) => matchesLetters(one, text))) return text.join('');
    }
  }
  return undefined;
}

function checkText(
  letters: readonly string[],
  within: readonly TextPattern[],
  without: readonly TextPattern[],
  work: Work,
): Search<string> {
  work.left -= within.length + without.length;
  if (work.left < 0) return { kind: 'open' };
  const taken =
    within.every((one) => matchesLetters(one, letters)) && !without.some((one) => matchesLetters(one, letters));
  return taken ? { kind: 'found', example: letters.join('') } : { kind: 'none' };
}

/** Whether no further letter helps: a pattern to match is left, or one not to match takes everything from here. */
function isDead(
  states: readonly Positions[],
  within: readonly TextPattern[],
  without: readonly TextPattern[],
): boolean {
  return states.some((positions, at) => {
    if (at < within.length) return positions.length === 0;
    const pattern = without[at - within.length] ?? [];
    const last = pattern.at(-1);
    return last?.kind === 'run' && last.colon && positions.at(-1) === pattern.length;
  });
}

function isAccepted(
  states: readonly Positions[],
  within: readonly TextPattern[],
  without: readonly TextPattern[],
): boolean {
  return states.every((positions, at) => {
    const pattern = at < within.length ? within[at] : without[at - within.length];
    return (positions.at(-1) === pattern?.length) === at < within.length;
  });
}

/** The letters that lead to different places from here: those that some pattern waits for, and one for all others. */
function findLetters(
  patterns: readonly TextPattern[],
  states: readonly Positions[],
  within: number,
  other: string,
): Iterable<string> {
  const letters = new Set<string>();
  patterns.forEach((pattern, at) => {
    for (const position of states[at] ?? []) {
      const token = pattern[position];
      // A variable is a letter of texts only where a pattern to match holds it.
      if (token === undefined || (token.kind === 'variable' && at >= within)) continue;
      for (const letter of lettersOf(token)) letters.add(letter);
    }
  });
  // Tried first, since it evades most patterns.
  return letters.add(other);
}

function lettersOf(token: Token): readonly string[] {
  if (token.kind === 'variable') return [token.letter];
  if (token.kind === 'letter') {
    return token.fold ? [lowerAscii(token.letter), token.letter.toUpperCase()] : [token.letter];
  }
  return token.colon ? [] : [':'];
}

function readLetter(pattern: TextPattern, positions: Positions, letter: string): Positions {
  const next: number[] = [];
  for (const at of positions) {
    const token = pattern[at];
    if (token === undefined || !takesLetter(token, letter)) continue;
    const to = token.kind === 'run' ? at : at + 1;
    if (next.at(-1) !== to) next.push(to);
  }
  return closeOverRuns(pattern, next);
}

/** Adds what is reached without a letter. A `*` takes whatever the places in front of it could: they are dropped, which keeps the sets small. */
function closeOverRuns(pattern: TextPattern, positions: Positions): Positions {
  const closed: number[] = [];
  let at = 0;
  let chain = -1;
  while (at < positions.length || chain >= 0) {
    const position =
      chain >= 0 && (at >= positions.length || chain <= (positions[at] ?? 0)) ? chain : (positions[at] ?? 0);
    if (position === positions[at]) at += 1;
    chain = -1;
    const token = pattern[position];
    if (token?.kind === 'run') {
      if (token.colon) closed.length = 0;
      chain = position + 1;
    }
    closed.push(position);
  }
  return closed;
}

const SPARE_LETTERS = 'xyzwvutsrqponmlkjihgfedcba0123456789-_';

/** A letter that stands in no pattern, in neither case. */
function findOtherLetter(patterns: readonly TextPattern[]): string {
  const used = new Set<string>();
  for (const pattern of patterns)
    for (const token of pattern) if ('letter' in token) used.add(lowerAscii(token.letter));
  for (const letter of SPARE_LETTERS) if (!used.has(letter)) return letter;
  let code = 0xe000;
  while (used.has(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}
