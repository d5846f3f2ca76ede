import type { TextSet } from '../compare/find-in-sets.ts';
import { matchesLetters } from '../find-text.ts';
import { readPattern, type TextPattern } from '../text-pattern.ts';
import type { Caller } from './find-grant.ts';
import type { OwnThing } from './path-rule.ts';
import type { Rights } from './rights.ts';
import { knowContext } from './triage-condition.ts';

/** Somebody whose rights are looked at; of whom nothing but the policies may be known. */
export interface Actor {
  readonly identity: Identity;
  readonly rights: Rights;
  readonly caller: Caller;
  /** ARNs of all that there is in its account; undefined where that is not known. */
  readonly things?: readonly string[] | undefined;
}

export interface Identity {
  readonly kind: 'user' | 'role' | undefined;
  readonly arn: string | undefined;
  /** ARNs of the groups it is in and of the customer managed policies it holds; undefined where that is not known. */
  readonly groups: readonly string[] | undefined;
  readonly policies: readonly string[] | undefined;
}

/** What an action has to be granted on: `sure` is what is meant, `maybe` what may be. */
export interface Targets {
  readonly sure: TextSet;
  readonly maybe: TextSet;
}

/** A name that policies do not spell out: granted on it is what is granted on any. */
export const ANY_NAME = 'countersign-any-name';
/** A text that no name is. */
const NO_NAME = '\u0000';

/** An actor as far as it is known; tags are those of the principal. */
export function makeActor(identity: Identity, rights: Rights, tags: Readonly<Record<string, string>> = {}): Actor {
  const { kind, arn } = identity;
  const [, account, name] = /^arn:[^:]*:iam::(\d{12}):(?:user|role)\/(?:.*\/)?([^/]+)$/.exec(arn ?? '') ?? [];
  const values: (readonly [string, string])[] = Object.entries(tags).map(([key, value]) => [
    `aws:principaltag/${key}`,
    value,
  ]);
  if (arn !== undefined) values.push(['aws:principalarn', arn]);
  if (account !== undefined) values.push(['aws:principalaccount', account], ['aws:resourceaccount', account]);
  if (kind === 'user') values.push(['aws:principaltype', 'User'], ['aws:username', name ?? ANY_NAME]);
  if (kind === 'role') values.push(['aws:principaltype', 'AssumedRole']);
  const variables = new Map(values.map(([key, value]) => [key.toLowerCase(), value]));
  // A role has no user name, and then the statement speaks of nothing; whose kind is not known may be a user.
  variables.set('aws:username', kind === 'role' ? NO_NAME : (name ?? ANY_NAME));
  return { identity, rights, caller: { context: knowContext(values), variables } };
}

/** What is the actor's own. An empty `sure` and `maybe`: it has no such thing. */
export function findOwn(actor: Actor, thing: OwnThing): Targets {
  const { identity } = actor;
  const { kind, arn } = identity;
  if (thing === 'user' || thing === 'role') {
    if (kind !== undefined && kind !== thing) return NOTHING;
    return arn === undefined ? anyOf(thing, actor) : exactly([arn]);
  }
  if (thing === 'group' && kind === 'role') return NOTHING;
  const known = thing === 'group' ? identity.groups : identity.policies;
  return known === undefined ? anyOf(thing, actor) : exactly(known);
}

const NOTHING: Targets = { sure: [], maybe: [] };

export function exactly(arns: readonly string[]): Targets {
  return { sure: arns.map((arn) => readPattern(arn, { wildcards: false, variables: false })), maybe: [] };
}

/** Something of a kind in IAM of which only the kind is known: one of those that there are, where that is known. */
export function anyOf(kind: OwnThing, { things }: Pick<Actor, 'things'>): Targets {
  return things === undefined ? ANY[kind] : thingsOf(things, ANY[kind].maybe);
}

/** Those of the things that a set speaks of. Asked for again and again with the same: kept by the list. */
export function thingsOf(things: readonly string[], set: TextSet): Targets {
  const kept = OF_THINGS.get(things) ?? new Map<TextSet, Targets>();
  OF_THINGS.set(things, kept);
  const known = kept.get(set) ?? exactly(things.filter((arn) => set.some((one) => matchesLetters(one, [...arn]))));
  kept.set(set, known);
  return known;
}

const OF_THINGS = new WeakMap<readonly string[], Map<TextSet, Targets>>();

/** Something of a kind in IAM that the caller names as it likes. */
export function newOf(kind: 'user' | 'role'): Targets {
  return NEW[kind];
}

/** Wildcards in front of the resource stay within their part of the ARN, unlike those of a statement. */
export function readArns(pattern: string): TextPattern {
  return readPattern(pattern, { wildcards: true, variables: false, arn: true });
}

const ANY: Readonly<Record<OwnThing, Targets>> = {
  user: nameKind('user'),
  role: nameKind('role'),
  group: nameKind('group'),
  policy: nameKind('policy'),
};

const NEW = {
  user: { sure: ANY.user.maybe, maybe: [] },
  role: { sure: ANY.role.maybe, maybe: [] },
};

function nameKind(kind: OwnThing): Targets {
  return { sure: [readArns(`arn:*:iam::*:${kind}/${ANY_NAME}`)], maybe: [readArns(`arn:*:iam::*:${kind}/*`)] };
}
