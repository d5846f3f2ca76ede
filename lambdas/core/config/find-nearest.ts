/** Names longer than this are not compared. */
const LONGEST = 64;

/** The known name that a misspelt one most probably means: the one with the fewest edits, at most a third of its length; letter case counts as no edit. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const [best] = known
    .filter((candidate) => candidate.length <= LONGEST)
    .map((candidate) => ({ candidate, edits: countEdits(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

/** The Levenshtein distance of two short texts. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? Number.POSITIVE_INFINITY;
}
