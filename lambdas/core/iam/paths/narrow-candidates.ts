import type { Actor } from './actor.ts';
import type { Member } from './population.ts';

/** Principals tried for one path of one actor: that none of so many does is told as such. */
export const MOST_CANDIDATES = 500;

/** Those of the members, sorted by ARN, that a statement allowing the action may speak of: the letters in front of its wildcards agree. */
export function narrowToGranted(members: readonly Member[], action: string, { rights }: Actor): readonly Member[] {
  const prefixes = new Set<string>();
  for (const policy of rights.policies) {
    for (const { rule } of policy.of(action).allow) {
      if (rule.resources?.mode !== 'in') return members;
      for (const entry of rule.resources.entries) {
        if (entry.prefix.length < SHORT) return members;
        prefixes.add(entry.prefix);
      }
    }
  }
  const found = new Set<Member>();
  for (const prefix of prefixes) {
    for (let at = findFirst(members, prefix); members[at]?.arn.startsWith(prefix); at += 1) {
      const member = members[at];
      if (member !== undefined) found.add(member);
    }
  }
  return [...found];
}

/** A shorter prefix tells nobody apart. */
const SHORT = 'arn:aws:iam::'.length;

/** The place of the first member whose ARN is not in front of the text. */
function findFirst(members: readonly Member[], text: string): number {
  let [from, to] = [0, members.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((members[middle]?.arn ?? '') < text) from = middle + 1;
    else to = middle;
  }
  return from;
}
