import { isDeepStrictEqual } from 'node:util';
import type { Work } from '../find-text.ts';
import { compilePart, type Entry, type Part, type Rule, restrictPart } from './compile-rule.ts';
import { canBe, type Demand, narrowRegion, type Region, type Sample, sampleRegion, startRegion } from './region.ts';
import { liesInside, relate } from './relate.ts';

/** A part of a rule that no other rule was found to cover. */
export interface Uncovered {
  /** `found`: there is such a request. `open`: there may be one. */
  readonly kind: 'found' | 'open';
  /** The patterns of the statement it lies in; empty for what `NotAction` or `NotResource` leaves over. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Where other rules hold for some of it: a request that none holds for. */
  readonly example: { readonly action: string; readonly resource: string } | undefined;
  /** What rules that hold for this action and resource ask beyond them. */
  readonly missing: readonly { readonly rule: Rule; readonly demands: readonly Demand[] }[];
}

export interface Question {
  readonly rule: Rule;
  readonly covers: readonly Rule[];
  /** Condition keys that are also policy variables. */
  readonly related: ReadonlySet<string>;
  readonly work: Work;
}

/** Parts told of one statement; more help nobody. */
const MOST_TOLD = 5;

const ACTIONS = compilePart({ mode: 'in', patterns: ['*:*'] }, false);

/** A pattern of a rule with the rules that its part may meet, and whether it lies wholly inside of their parts. */
interface Slice {
  /** Undefined: all that `NotAction` or `NotResource` leaves over. */
  readonly entry: Entry | undefined;
  /** The patterns that lie alike. */
  readonly texts: readonly string[];
  readonly covers: readonly { readonly rule: Rule; readonly inside: boolean }[];
}

/**
 * Searches requests of a rule that none of the other rules holds for. Empty: the others cover it, proven. Time: patterns of the rule by patterns of the
 * others, and where rules overlap in part, what the work allows.
 */
export function findUncovered({ rule, covers, related, work }: Question): readonly Uncovered[] {
  if (covers.some(({ identity }) => identity === rule.identity)) return [];
  if (work.left < 0) {
    const [actions, resources] = [rule.actions, rule.resources].map((part) =>
      part?.mode === 'in' ? [...part.texts] : [],
    );
    return [{ kind: 'open', actions: actions ?? [], resources: resources ?? [], example: undefined, missing: [] }];
  }
  const uncovered: Uncovered[] = [];
  const start = startRule(rule);
  for (const action of slice(rule.actions, covers, (cover) => cover.actions, work)) {
    const narrowed = narrowToSlice(start, 'action', rule.actions, action.entry);
    const alike = action.covers.filter((one) => one.inside && asksNoMore(one.rule, rule)).map((one) => one.rule);
    const isCovered = (entry: Entry) => alike.some(({ resources }) => resources && liesInside(entry, resources, work));
    const remaining = action.covers.map((one) => one.rule);
    for (const resource of slice(rule.resources, remaining, (cover) => cover.resources, work, isCovered)) {
      if (uncovered.length >= MOST_TOLD) return uncovered;
      const region = narrowToSlice(narrowed, 'resource', rule.resources, resource.entry);
      const clauses = resource.covers.map(({ rule: cover, inside }) => {
        const insideAction = action.covers.some((one) => one.rule === cover && one.inside);
        const actions = insideAction ? undefined : restrictPart(cover.actions, action.entry);
        const resources = cover.resources && restrictPart(cover.resources, resource.entry);
        const demands: Demand[] = [
          ...(actions === undefined ? [] : [{ on: 'action', part: actions } as const]),
          ...(inside ? [] : [{ on: 'resource', part: resources } as const]),
          { on: 'caller', callers: cover.callers },
          ...cover.conditions.map((condition) => ({ on: 'context', condition }) as const),
        ];
        return { rule: cover, demands };
      });
      const found = searchRegion(
        region,
        clauses.map(({ demands }) => demands),
        related,
        work,
      );
      if (found.kind === 'none') continue;
      uncovered.push({
        kind: found.kind,
        actions: action.texts,
        resources: resource.texts,
        example: clauses.length === 0 ? undefined : { action: found.action, resource: found.resource },
        missing: clauses.filter(({ demands }) => demands.every(({ on }) => on === 'context' || on === 'caller')),
      });
    }
  }
  return uncovered;
}

function startRule(rule: Rule): Region {
  let region = startRegion({ caller: rule.callers === undefined, resource: rule.resources === undefined });
  region = narrowRegion(region, { on: 'caller', callers: rule.callers }, true);
  for (const condition of rule.conditions) region = narrowRegion(region, { on: 'context', condition }, true);
  return region;
}

function narrowToSlice(
  region: Region,
  on: 'action' | 'resource',
  part: Part | undefined,
  entry: Entry | undefined,
): Region {
  if (part === undefined) return region;
  const one: Part =
    entry === undefined ? part : { mode: 'in', entries: [entry], texts: new Set([entry.text]), loose: [entry] };
  const narrowed = narrowRegion(region, { on, part: one }, true);
  // A text without a colon is no action.
  return on === 'action' && !entry?.text.includes(':') ? narrowRegion(narrowed, { on, part: ACTIONS }, true) : narrowed;
}

/** Whether a cover asks, beside action and resource, only what the rule asks in the same words. */
function asksNoMore(cover: Rule, rule: Rule): boolean {
  const sameCallers =
    cover.callers === undefined ? rule.callers === undefined : isDeepStrictEqual(cover.callers, rule.callers);
  const asked = new Set(rule.conditions.map(({ identity }) => identity));
  return sameCallers && cover.conditions.every(({ identity }) => asked.has(identity));
}

/** Divides a part into patterns; those that lie alike to all covers are one slice, the first of them standing for all. */
function slice(
  part: Part | undefined,
  covers: readonly Rule[],
  partOf: (cover: Rule) => Part | undefined,
  work: Work,
  isCovered: (entry: Entry) => boolean = () => false,
): readonly Slice[] {
  if (part === undefined || part.mode === 'not-in') {
    return [{ entry: undefined, texts: [], covers: covers.map((rule) => ({ rule, inside: false })) }];
  }
  const slices = new Map<string, Slice & { readonly texts: string[] }>();
  for (const entry of part.entries) {
    if (isCovered(entry)) continue;
    const meeting: { rule: Rule; inside: boolean }[] = [];
    let key = '';
    let isAcross = false;
    for (const [at, rule] of covers.entries()) {
      const other = partOf(rule);
      const relation = other === undefined ? 'across' : relate(entry, other, work);
      if (relation === 'outside') continue;
      meeting.push({ rule, inside: relation === 'inside' });
      key += `${at} `;
      isAcross ||= relation === 'across';
    }
    // What lies across a part lies so in its own way, and a text without a colon may be no action at all.
    if (isAcross || !entry.text.includes(':')) key = `=${entry.text}`;
    const alike = slices.get(key);
    if (alike !== undefined) {
      alike.texts.push(entry.text);
      continue;
    }
    slices.set(key, { entry, texts: [entry.text], covers: meeting });
  }
  return [...slices.values()];
}

/**
 * Searches a request of the region for which each clause has a demand that is not met. A demand that the region always meets says nothing, a clause with one
 * that it never meets holds for no request of it; of the rest the smallest clause is taken, and each of its demands left unmet in turn.
 */
function searchRegion(
  region: Region,
  clauses: readonly (readonly Demand[])[],
  related: ReadonlySet<string>,
  work: Work,
): Sample {
  work.left -= 1;
  if (work.left < 0) return { kind: 'open', action: '?', resource: '?' };
  const open: (readonly Demand[])[] = [];
  // Those that ask least first: one that asks nothing more ends the search.
  for (const clause of [...clauses].sort((one, other) => one.length - other.length)) {
    const demands = clause.filter((demand) => canBe(region, demand, false, work) !== 'none');
    if (demands.length === 0) return { kind: 'none' };
    open.push(demands);
  }
  const remaining = open.filter((demands) => demands.every((demand) => canBe(region, demand, true, work) !== 'none'));
  const [smallest, ...others] = remaining.sort((one, other) => one.length - other.length);
  if (smallest === undefined) return sampleRegion(region, related, work);
  let unsure: Sample = { kind: 'none' };
  for (const demand of smallest) {
    const found = searchRegion(narrowRegion(region, demand, false), others, related, work);
    if (found.kind === 'found') return found;
    if (found.kind === 'open') unsure = found;
  }
  return unsure;
}
