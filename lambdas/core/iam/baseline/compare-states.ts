import { isDeepStrictEqual } from 'node:util';
import { type CompareOptions, type ComparisonVerdict, comparePolicies } from '../compare/compare-policies.ts';
import type { Because } from '../compare/describe-difference.ts';
import { compareCredentials } from './compare-credentials.ts';
import type { BaselineState, StateOf } from './state.ts';

/** One entry in which a found state differs from the desired one. Entries, never whole lists: what stands beside them is nobody's business. */
export interface Difference {
  readonly part:
    | 'existence'
    | 'unique-id'
    | 'trust'
    | 'document'
    | 'inline'
    | 'attached'
    | 'boundary'
    | 'group'
    | 'tag'
    | 'instance-profile'
    | 'max-session'
    | 'access-key'
    | 'ssh-key'
    | 'service-credential'
    | 'signing-certificate'
    | 'password'
    | 'mfa-device';
  /** Of the inline policy, the group or the tag; ARN of what is attached; id of a credential. */
  readonly name?: string;
  /** Seen from the desired state: what was added is there and should not be. */
  readonly change: 'added' | 'removed' | 'changed';
  /** What it does to access; `unknown` counts as wider. */
  readonly verdict: Exclude<ComparisonVerdict, 'equal'>;
  readonly because?: readonly Because[];
}

export interface CompareStatesOptions extends CompareOptions {
  /** Text of the managed policy with an ARN, where it is known. Without it what an attachment does is unknown. */
  readonly documentOf?: (arn: string) => string | undefined;
}

/**
 * In what a found state differs from the desired one, entry by entry; empty where they mean the same. `found` is undefined where there is nothing under the ARN.
 * Documents are compared by what they mean.
 */
export function compareStates(
  desired: BaselineState,
  found: BaselineState | undefined,
  options: CompareStatesOptions = {},
): readonly Difference[] {
  if (found === undefined || found.kind !== desired.kind || found.arn !== desired.arn) {
    return [{ part: 'existence', change: 'removed', verdict: 'unknown' }];
  }
  return [
    ...compareIds(desired.uniqueId, found.uniqueId),
    ...compareDocument('trust', trustOf(desired), trustOf(found), options),
    ...compareDocument('document', documentOf(desired), documentOf(found), options),
    ...compareInline(rightsOf(desired).inline, rightsOf(found).inline, options),
    ...compareAttached(rightsOf(desired).attached, rightsOf(found).attached, options),
    ...compareBoundary(boundaryOf(desired), boundaryOf(found)),
    ...compareNames('group', groupsOf(desired), groupsOf(found)),
    ...compareNames('instance-profile', profilesOf(desired), profilesOf(found)),
    ...compareTags(tagsOf(desired), tagsOf(found)),
    ...compareSessions(desired, found),
    ...compareCredentials(credentialsOf(desired), credentialsOf(found)),
  ];
}

type Document = Readonly<Record<string, unknown>>;
type Inline = StateOf<'group'>['inline'];

const trustOf = (state: BaselineState) => (state.kind === 'role' ? state.trust : undefined);
const documentOf = (state: BaselineState) => (state.kind === 'policy' ? state.document : undefined);
const rightsOf = (state: BaselineState) => (state.kind === 'policy' ? { inline: [], attached: [] } : state);
const boundaryOf = (state: BaselineState) =>
  state.kind === 'role' || state.kind === 'user' ? state.boundary : undefined;
const groupsOf = (state: BaselineState) => (state.kind === 'user' ? state.groups : []);
const profilesOf = (state: BaselineState) => (state.kind === 'role' ? state.instanceProfiles : []);
const tagsOf = (state: BaselineState) => (state.kind === 'role' || state.kind === 'user' ? state.tags : []);

const credentialsOf = (state: BaselineState) => (state.kind === 'user' ? state.credentials : undefined);

function compareIds(desired: string, found: string): Difference[] {
  if (desired === 'any' || found === 'any' || desired === found) return [];
  return [{ part: 'unique-id', change: 'changed', verdict: 'unknown' }];
}

function compareDocument(
  part: 'trust' | 'document',
  desired: Document | undefined,
  found: Document | undefined,
  options: CompareOptions,
): Difference[] {
  if (desired === undefined && found === undefined) return [];
  return judge({ part, change: 'changed' }, desired, found, options);
}

function compareInline(desired: Inline, found: Inline, options: CompareOptions): Difference[] {
  const before = new Map(desired.map(({ name, document }) => [name, document]));
  const after = new Map(found.map(({ name, document }) => [name, document]));
  return listNames(before, after).flatMap((name) => {
    const change = !before.has(name) ? 'added' : after.has(name) ? 'changed' : 'removed';
    return judge({ part: 'inline', name, change }, before.get(name), after.get(name), options);
  });
}

/** An entry that was added or taken away is a difference also where it means nothing, since it could not be put back otherwise. */
function judge(
  entry: Pick<Difference, 'part' | 'name' | 'change'>,
  desired: Document | undefined,
  found: Document | undefined,
  options: CompareOptions,
): Difference[] {
  if (desired !== undefined && found !== undefined && isDeepStrictEqual(desired, found)) return [];
  const { verdict, because } = comparePolicies(desired, found, options);
  if (verdict !== 'equal') return [{ ...entry, verdict, because }];
  return entry.change === 'changed' ? [] : [{ ...entry, verdict: 'narrower', because }];
}

function compareAttached(
  desired: readonly string[],
  found: readonly string[],
  options: CompareStatesOptions,
): Difference[] {
  return compareNames('attached', desired, found).map((difference) => {
    const text = options.documentOf?.(difference.name ?? '');
    if (text === undefined) return difference;
    const [before, after] = difference.change === 'added' ? [undefined, text] : [text, undefined];
    const { verdict, because } = comparePolicies(before, after, options);
    return { ...difference, verdict: verdict === 'equal' ? 'narrower' : verdict, because };
  });
}

function compareBoundary(desired: string | undefined, found: string | undefined): Difference[] {
  if (desired === found) return [];
  if (desired === undefined) return [{ part: 'boundary', name: found ?? '', change: 'added', verdict: 'narrower' }];
  if (found === undefined) return [{ part: 'boundary', name: desired, change: 'removed', verdict: 'wider' }];
  return [{ part: 'boundary', name: found, change: 'changed', verdict: 'unknown' }];
}

function compareNames(
  part: 'attached' | 'group' | 'instance-profile',
  desired: readonly string[],
  found: readonly string[],
): Difference[] {
  const [before, after] = [new Set(desired), new Set(found)];
  return [
    ...found
      .filter((name) => !before.has(name))
      .map((name) => ({ part, name, change: 'added', verdict: 'unknown' }) as const),
    ...desired
      .filter((name) => !after.has(name))
      .map((name) => ({ part, name, change: 'removed', verdict: 'unknown' }) as const),
  ];
}

function compareTags(desired: StateOf<'user'>['tags'], found: StateOf<'user'>['tags']): Difference[] {
  const before = new Map(desired.map(({ key, value }) => [key, value]));
  const after = new Map(found.map(({ key, value }) => [key, value]));
  return listNames(before, after).flatMap((name): Difference[] => {
    if (before.has(name) && before.get(name) === after.get(name)) return [];
    const change = !before.has(name) ? 'added' : after.has(name) ? 'changed' : 'removed';
    return [{ part: 'tag', name, change, verdict: 'unknown' }];
  });
}

/** Compared where both say it: `GetAccountAuthorizationDetails` does not. */
function compareSessions(desired: BaselineState, found: BaselineState): Difference[] {
  if (desired.kind !== 'role' || found.kind !== 'role') return [];
  const [before, after] = [desired.maxSessionSeconds, found.maxSessionSeconds];
  if (before === undefined || after === undefined || before === after) return [];
  return [{ part: 'max-session', change: 'changed', verdict: after > before ? 'wider' : 'narrower' }];
}

function listNames(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted();
}
