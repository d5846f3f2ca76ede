import type { TextSet } from '../compare/find-in-sets.ts';
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
export function findOwn({ identity }: Actor, thing: OwnThing): Targets {
  const { kind, arn } = identity;
  if (thing === 'user' || thing === 'role') {
    if (kind !== undefined && kind !== thing) return NOTHING;
    return arn === undefined ? anyOf(thing) : exactly([arn]);
  }
  if (thing === 'group' && kind === 'role') return NOTHING;
  const known = thing === 'group' ? identity.groups : identity.policies;
  return known === undefined ? anyOf(thing) : exactly(known);
}

const NOTHING: Targets = { sure: [], maybe: [] };

export function exactly(arns: readonly string[]): Targets {
  return { sure: arns.map((arn) => readPattern(arn, { wildcards: false, variables: false })), maybe: [] };
}

/** Something of a kind in IAM of which only the kind is known. */
export function anyOf(kind: OwnThing): Targets {
  return ANY[kind];
}

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
