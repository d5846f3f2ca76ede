import type { Work } from '../find-text.ts';
import type { CompiledCondition } from './compile-condition.ts';
import type { Part } from './compile-rule.ts';
import { findContext, type Literal, type Possible } from './find-context.ts';
import { findTextInSets, type TextSet } from './find-in-sets.ts';
import { type CallerSet, findCaller } from './principals.ts';

/** One thing that a statement asks of a request. */
export type Demand =
  | { readonly on: 'action'; readonly part: Part }
  | { readonly on: 'resource'; readonly part: Part | undefined }
  | { readonly on: 'caller'; readonly callers: CallerSet | undefined }
  | { readonly on: 'context'; readonly condition: CompiledCondition };

/** Texts in all sets of `within` and in none of `without`. */
interface Texts {
  readonly within: readonly TextSet[];
  readonly without: readonly TextSet[];
}

/** A set of requests, by what their parts meet and do not meet. The parts are taken to be independent of each other. */
export interface Region {
  readonly actions: Texts;
  readonly resources: Texts;
  readonly callers: { readonly within: readonly CallerSet[]; readonly without: readonly CallerSet[] };
  readonly context: ReadonlyMap<string, readonly Literal[]>;
  /** Whether the holder is the caller and the policy has no `Principal`, and likewise for the resource. */
  readonly own: { readonly caller: boolean; readonly resource: boolean };
  /** A part was set against one that cannot be compared with it, so that nothing in the region is certain. */
  readonly unsure: boolean;
}

/** The region of all actions and resources; `own` as the statement is. */
export function startRegion(own: Region['own']): Region {
  const everything = { within: [], without: [] };
  return { actions: everything, resources: everything, callers: everything, context: new Map(), own, unsure: false };
}

/** The part of a region in which a demand is met (`holds`), or in which it is not. */
export function narrowRegion(region: Region, demand: Demand, holds: boolean): Region {
  switch (demand.on) {
    case 'action':
      return { ...region, actions: narrowTexts(region.actions, demand.part, holds) };
    case 'resource':
      if (isUnlike(region, demand)) return { ...region, unsure: true };
      if (demand.part === undefined) return region;
      return { ...region, resources: narrowTexts(region.resources, demand.part, holds) };
    case 'caller':
      if (isUnlike(region, demand)) return { ...region, unsure: true };
      if (demand.callers === undefined) return region;
      return { ...region, callers: addTo(region.callers, demand.callers, holds) };
    case 'context': {
      const { condition } = demand;
      const literals = region.context.get(condition.key) ?? [];
      const context = new Map(region.context).set(condition.key, [...literals, { condition, holds }]);
      return { ...region, context };
    }
  }
}

/** Whether some request of the region meets (or does not meet) the demand, as far as the part of the request goes that the demand is about. */
export function canBe(region: Region, demand: Demand, holds: boolean, work: Work): Possible {
  if (isUnlike(region, demand)) return 'open';
  const undemanding =
    (demand.on === 'resource' && demand.part === undefined) || (demand.on === 'caller' && demand.callers === undefined);
  if (undemanding) return holds ? 'found' : 'none';
  const narrowed = narrowRegion(region, demand, holds);
  switch (demand.on) {
    case 'action':
      return findTextInSets(narrowed.actions.within, narrowed.actions.without, work).kind;
    case 'resource':
      return findTextInSets(narrowed.resources.within, narrowed.resources.without, work).kind;
    case 'caller':
      return findCaller(narrowed.callers.within, narrowed.callers.without);
    case 'context':
      return findContext(narrowed.context.get(demand.condition.key) ?? [], work);
  }
}

/** An action and a resource of a region that holds a request, or why there is none. */
export type Sample =
  | { readonly kind: 'found' | 'open'; readonly action: string; readonly resource: string }
  | { readonly kind: 'none' };

/** Searches a request in a region. `none` is proven. `open` where one is not certain: `related` are keys that also stand in variables. */
export function sampleRegion(region: Region, related: ReadonlySet<string>, work: Work): Sample {
  const action = findTextInSets(region.actions.within, region.actions.without, work);
  const resource = findTextInSets(region.resources.within, region.resources.without, work);
  const kinds: Possible[] = [action.kind, resource.kind];
  if (!region.own.caller && region.callers.within.length + region.callers.without.length > 0) {
    kinds.push(findCaller(region.callers.within, region.callers.without));
  }
  for (const [key, literals] of region.context) {
    kinds.push(findContext(literals, work));
    if (related.has(key)) kinds.push('open');
  }
  if (kinds.includes('none')) return { kind: 'none' };
  const open = region.unsure || kinds.includes('open');
  return { kind: open ? 'open' : 'found', action: showExample(action), resource: showExample(resource) };
}

function showExample(search: ReturnType<typeof findTextInSets>): string {
  return search.kind === 'found' ? search.example : '?';
}

function isUnlike(region: Region, demand: Demand): boolean {
  if (demand.on === 'resource') return region.own.resource !== (demand.part === undefined);
  return demand.on === 'caller' && region.own.caller !== (demand.callers === undefined);
}

function narrowTexts(texts: Texts, part: Part, holds: boolean): Texts {
  return addTo(
    texts,
    part.entries.map(({ pattern }) => pattern),
    holds === (part.mode === 'in'),
  );
}

function addTo<T>(
  sets: { readonly within: readonly T[]; readonly without: readonly T[] },
  set: T,
  inside: boolean,
): { readonly within: readonly T[]; readonly without: readonly T[] } {
  return inside ? { ...sets, within: [...sets.within, set] } : { ...sets, without: [...sets.without, set] };
}
