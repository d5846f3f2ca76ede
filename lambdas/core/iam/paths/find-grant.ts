import type { Part } from '../compare/compile-rule.ts';
import type { TextSet } from '../compare/find-in-sets.ts';
import { findTextInSets } from '../compare/find-in-sets.ts';
import { matchesLetters, type Work } from '../find-text.ts';
import { hasVariable, readSingleText } from '../text-pattern.ts';
import { bindVariables, loosenVariables, type Variables } from './bind-variables.ts';
import type { Clause, Rights } from './rights.ts';
import { type KnownContext, triageConditions } from './triage-condition.ts';

/** One action on one kind of thing, as a path needs it. */
export interface Request {
  /** Lower case. */
  readonly action: string;
  /** The action has to be granted on one of these. */
  readonly resources: TextSet;
}

/** What is known of whoever asks. */
export interface Caller {
  readonly context: KnownContext;
  readonly variables: Variables;
}

/**
 * Whether a principal may make some request. `proven`: whatever the context. `possible`: it depends on a condition, or could not be told. `blocked`: allowed by a
 * statement, and taken away by a denial or the boundary. Otherwise `none`.
 */
export type Grant =
  | {
      readonly status: 'proven' | 'possible';
      readonly by: readonly Clause[];
      /** One of the resources it is granted on, where that could be told. */
      readonly example: string | undefined;
    }
  | { readonly status: 'blocked'; readonly by: readonly Clause[]; readonly blockedBy: Blocker }
  | { readonly status: 'none' };

export type Blocker =
  | { readonly kind: 'denial'; readonly clause: Clause }
  | { readonly kind: 'boundary' }
  | { readonly kind: 'condition'; readonly clause: Clause };

/** IAM User Guide, "Policy evaluation logic": allowed by an identity policy and by the boundary, denied by neither. A conditional denial takes away only what it certainly denies. */
export function findGrant(rights: Rights, request: Request, caller: Caller, work: Work): Grant {
  const spoken = rights.policies.map((policy) => policy.of(request.action));
  const allows = judge(
    spoken.flatMap(({ allow }) => allow),
    caller,
    work,
  );
  const widely: Search = { caller, work, sure: false };
  const fitting = allows.filter((allow) => search(request.resources, [allow], [], widely).kind !== 'none');
  if (fitting.length === 0) return { status: 'none' };
  const bounds = rights.boundary?.of(request.action);
  const boundary = bounds === undefined ? undefined : judge(bounds.allow, caller, work);
  const denies = judge([...spoken.flatMap(({ deny }) => deny), ...(bounds?.deny ?? [])], caller, work);
  const living = fitting.filter(({ triage }) => triage !== 'never');
  for (const status of ['proven', 'possible'] as const) {
    const counts = ({ triage }: Judged) => triage === 'always' || (status === 'possible' && triage === 'context');
    const against = denies.filter(({ triage }) => triage === 'always' || (status === 'proven' && triage === 'context'));
    for (const allow of living.filter(counts)) {
      const within = boundary === undefined ? [[allow]] : boundary.filter(counts).map((bound) => [allow, bound]);
      for (const held of within) {
        const found = search(request.resources, held, against, { caller, work, sure: status === 'proven' });
        if (found.kind === 'none' || (found.kind === 'open' && status === 'proven')) continue;
        return { status, by: [allow.clause], example: found.kind === 'found' ? found.example : undefined };
      }
    }
  }
  const blockedBy = findBlocker(request, fitting, denies, boundary, widely);
  return { status: 'blocked', by: fitting.map(({ clause }) => clause), blockedBy };
}

interface Judged {
  readonly clause: Clause;
  readonly triage: 'always' | 'never' | 'context';
}

function judge(clauses: readonly Clause[], { context }: Caller, work: Work): readonly Judged[] {
  return clauses.map((clause) => ({ clause, triage: triageConditions(clause.rule.conditions, context, work) }));
}

interface Search {
  readonly caller: Caller;
  readonly work: Work;
  /** Variables without a known value are taken so that less is granted, or so that more is. */
  readonly sure: boolean;
}

/** Searches one of the resources that all of `held` speak of and none of `against`. */
function search(
  resources: TextSet,
  held: readonly Judged[],
  against: readonly Judged[],
  { caller: { variables }, work, sure }: Search,
): FoundText {
  const within: TextSet[] = [resources];
  const without: TextSet[] = [];
  const place = ({ clause: { rule } }: Judged, isHeld: boolean) => {
    // A statement without Resource is none of an identity policy: it speaks of nothing.
    const part: Pick<Part, 'mode' | 'entries' | 'texts'> = rule.resources ?? NO_RESOURCE;
    const inside = isHeld === (part.mode === 'in');
    if (inside && part.texts.has('*')) return;
    const bound = part.entries.map(({ pattern }) => bindVariables(pattern, variables));
    const patterns = inside === sure ? bound.filter((pattern) => !hasVariable(pattern)) : bound.map(loosenVariables);
    (inside ? within : without).push(patterns);
  };
  for (const one of held) place(one, true);
  for (const one of against) place(one, false);
  return findOne(resources, within, without, work) ?? findTextInSets(within, without, work);
}

type FoundText = ReturnType<typeof findTextInSets>;
const NO_RESOURCE = { mode: 'in', entries: [], texts: new Set<string>() } as const;

/** The quick answer for resources that are spelled out, which those of an account are; undefined where one is a pattern. */
function findOne(
  resources: TextSet,
  within: readonly TextSet[],
  without: readonly TextSet[],
  work: Work,
): FoundText | undefined {
  for (const resource of resources) {
    const letters = readSingleText(resource);
    if (letters === undefined || hasVariable(resource)) return undefined;
    work.left -= 1;
    const isIn = (set: TextSet) => set.some((pattern) => matchesLetters(pattern, letters));
    if (within.every(isIn) && !without.some(isIn)) return { kind: 'found', example: letters.join('') };
  }
  return { kind: 'none' };
}

function findBlocker(
  { resources }: Request,
  fitting: readonly Judged[],
  denies: readonly Judged[],
  boundary: readonly Judged[] | undefined,
  how: Search,
): Blocker {
  const unmet = fitting.find(({ triage }) => triage === 'never');
  if (unmet !== undefined && fitting.every(({ triage }) => triage === 'never'))
    return { kind: 'condition', clause: unmet.clause };
  const reaches = (one: Judged) => search(resources, [one], [], how).kind !== 'none';
  if (boundary !== undefined && !boundary.some(reaches)) return { kind: 'boundary' };
  const denial = denies.find((one) => one.triage === 'always' && reaches(one));
  return denial === undefined ? { kind: 'boundary' } : { kind: 'denial', clause: denial.clause };
}
