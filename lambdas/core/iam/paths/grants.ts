import type { TextSet } from '../compare/find-in-sets.ts';
import type { Work } from '../find-text.ts';
import { readPattern, type TextPattern } from '../text-pattern.ts';
import { type Actor, ANY_NAME, readArns, type Targets, thingsOf } from './actor.ts';
import { type Caller, findGrant, type Grant } from './find-grant.ts';
import { RESOURCE_PATTERNS } from './resource-patterns.ts';
import { type KnownContext, pinContext } from './triage-condition.ts';

/** Whether the actor has the action on the targets. Granted only on what may be meant, or only for what may be attached, it is possible. */
export function grantOn(actor: Actor, action: string, targets: Targets, work: Work): Grant {
  const [sure, maybe] = contextsOf(action, actor.caller);
  const ask = (resources: TextSet, context: KnownContext): Grant =>
    resources.length === 0
      ? { status: 'none' }
      : findGrant(actor.rights, { action, resources }, { ...actor.caller, context }, work);
  const grant = ask(targets.sure, sure);
  if (grant.status === 'proven') return grant;
  const others = [
    ...(maybe === undefined ? [] : [ask(targets.sure, maybe)]),
    ask(targets.maybe, sure),
    ...(maybe === undefined ? [] : [ask(targets.maybe, maybe)]),
  ];
  if (grant.status === 'possible') return grant;
  for (const other of others) {
    if (other.status === 'proven' || other.status === 'possible') return { ...other, status: 'possible' };
  }
  return grant.status === 'none' ? (others.find(({ status }) => status === 'blocked') ?? grant) : grant;
}

/** The same for targets that stand for a kind of thing, of which there are few: asked once for an actor, whatever is asked about it. */
export function grantOnAny(actor: Actor, action: string, kind: Targets, work: Work): Grant {
  const known = KNOWN.get(actor) ?? new Map<Targets, Map<string, Grant>>();
  KNOWN.set(actor, known);
  const ofKind = known.get(kind) ?? new Map<string, Grant>();
  known.set(kind, ofKind);
  const grant = ofKind.get(action) ?? grantOn(actor, action, kind, work);
  ofKind.set(action, grant);
  return grant;
}

const KNOWN = new WeakMap<Actor, Map<Targets, Map<string, Grant>>>();

/** Whether the actor may hand a role to one of the services. */
export function grantPassing(actor: Actor, role: Targets, service: string, work: Work): Grant {
  const context = pinContext(actor.caller.context, 'iam:passedtoservice', service);
  return grantOn({ ...actor, caller: { ...actor.caller, context } }, 'iam:passrole', role, work);
}

/**
 * What an action works on, of which nothing else is known: it has to be granted on each. With `chosen`, the caller names it: granted on one is granted. Otherwise it
 * has to be there, where that is known.
 */
export function anythingFor(action: string, chosen: boolean, { things }: Actor): readonly Targets[] {
  const known = (chosen ? CHOSEN : TARGETS).get(action) ?? NO_RESOURCE;
  if (chosen || things === undefined || known === NO_RESOURCE) return known;
  return known.map((group) => (group.sure.some(isNone) ? group : thingsOf(things, group.maybe)));
}

/** `*`: the action names no resource. */
function isNone(pattern: TextPattern): boolean {
  return pattern.length === 1;
}

const TARGETS: ReadonlyMap<string, readonly Targets[]> = new Map(
  Object.entries(RESOURCE_PATTERNS).map(([action, groups]) => [action, groups.map(toTargets)]),
);
const CHOSEN: ReadonlyMap<string, readonly Targets[]> = new Map(
  [...TARGETS].map(([action, groups]) => [action, groups.map(({ maybe }) => ({ sure: maybe, maybe: [] }))]),
);
const NO_RESOURCE = [toTargets(['*'])];

function toTargets(patterns: readonly string[]): Targets {
  return { sure: patterns.map(nameAny).map(readResource), maybe: patterns.map(readResource) };
}

/** `*` alone is what an action is asked on that names no resource. Names and ids of these resources hold no colon but where the pattern has one. */
function readResource(pattern: string): TextPattern {
  if (pattern === '*') return readPattern(pattern, { wildcards: false, variables: false });
  return readArns(pattern).map((token) => (token.kind === 'run' ? { kind: 'run', colon: false } : token));
}

/** Partition, region and account stay open; the rest becomes a name that no policy spells out. */
function nameAny(pattern: string): string {
  const parts = pattern.split(':');
  if (parts.length < 6) return pattern;
  return [...parts.slice(0, 5), ...parts.slice(5).map((part) => part.replaceAll('*', ANY_NAME))].join(':');
}

/** What the request is known to say: that the most powerful policy is attached, or at least one that is not AWS's own and may say anything. */
function contextsOf(action: string, { context }: Caller): readonly [sure: KnownContext, maybe?: KnownContext] {
  if (!/^iam:attach(?:user|role|group)policy$/.test(action)) return [context];
  return [pinContext(context, 'iam:policyarn', ADMINISTRATOR), context.with('iam:policyarn', NOT_OF_AWS)];
}

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const NOT_OF_AWS = { operator: 'stringnotlike', value: 'arn:aws*:iam::aws:policy/*' } as const;
