import type { InlinePolicy, PolicyText } from '../account.ts';
import { type AccessChange, combineVerdicts, type Deviation, type Drift } from './drift.ts';
import type { IamState, PrincipalState } from './state.ts';

/** What the comparison of states leans on. */
export interface Judges {
  /** Access that `after` gives against `before`; undefined where there is no policy. */
  readonly compare: (before: PolicyText | undefined, after: PolicyText | undefined) => AccessChange;
  /** The document of a managed policy by ARN, where it is known. */
  readonly documentOf: (policyArn: string) => PolicyText | undefined;
}

/**
 * Compares a fresh read with what was signed, entry by entry: each inline policy and each attachment by its name, so that what is put right is never more
 * than what deviates. Documents that mean the same are no drift. Undefined stands for what does not exist, and what is not signed.
 */
export function findDrift(signed: IamState | undefined, live: IamState | undefined, judges: Judges): Drift {
  if (live === undefined) return signed === undefined ? { kind: 'none' } : { kind: 'deleted', signed };
  if (signed === undefined || signed.kind !== live.kind) return { kind: 'undeclared', live };
  const deviations = listDeviations(signed, live, judges).filter(({ verdict }) => verdict !== 'equal');
  const verdict = combineVerdicts(deviations.map((deviation) => deviation.verdict));
  return verdict === 'equal' ? { kind: 'none' } : { kind: 'changed', live, deviations, verdict };
}

function listDeviations(signed: IamState, live: IamState, judges: Judges): readonly Deviation[] {
  if (signed.kind === 'policy' || live.kind === 'policy') {
    if (signed.kind !== 'policy' || live.kind !== 'policy') return [];
    const ends = { signed: signed.document, live: live.document };
    return [{ slot: 'default-document', ...ends, ...judges.compare(signed.document, live.document) }];
  }
  return [
    ...compareTrust(signed, live, judges),
    ...compareBoundary(signed, live, judges),
    ...compareInline(signed.inline, live.inline, judges),
    ...compareAttachments(signed.attached, live.attached, judges),
    ...compareMembership(signed, live),
  ];
}

function compareTrust(signed: PrincipalState, live: PrincipalState, { compare }: Judges): readonly Deviation[] {
  if (signed.kind !== 'role' || live.kind !== 'role') return [];
  return [{ slot: 'trust', signed: signed.trust, live: live.trust, ...compare(signed.trust, live.trust) }];
}

/** A boundary only takes access away: what is inside of it is judged like any other policy, and none at all is the widest. */
function compareBoundary(signed: PrincipalState, live: PrincipalState, judges: Judges): readonly Deviation[] {
  if (signed.kind === 'group' || live.kind === 'group') return [];
  const ends = { signed: signed.boundary ?? null, live: live.boundary ?? null };
  if (ends.signed === ends.live) return [];
  return [{ slot: 'boundary', ...ends, ...judgeBoundary(ends, judges) }];
}

function judgeBoundary(ends: { signed: string | null; live: string | null }, judges: Judges): AccessChange {
  if (ends.live === null)
    return { verdict: 'wider', because: [`the permissions boundary ${ends.signed} was taken away`] };
  if (ends.signed === null) return { verdict: 'narrower', because: [`the permissions boundary ${ends.live} was set`] };
  const [before, after] = [judges.documentOf(ends.signed), judges.documentOf(ends.live)];
  const because = `the permissions boundary is ${ends.live} in place of ${ends.signed}`;
  if (before === undefined || after === undefined) return { verdict: 'unknown', because: [because] };
  const change = judges.compare(before, after);
  // The same content under another name can be changed by others.
  return change.verdict === 'equal'
    ? { verdict: 'unknown', because: [because] }
    : { ...change, because: [because, ...change.because] };
}

function compareInline(
  signed: readonly InlinePolicy[],
  live: readonly InlinePolicy[],
  { compare }: Judges,
): readonly Deviation[] {
  const find = (policies: readonly InlinePolicy[], name: string) => policies.find((one) => one.name === name)?.document;
  const names = new Set([...signed, ...live].map(({ name }) => name));
  return [...names].map((policy) => {
    const [before, after] = [find(signed, policy), find(live, policy)];
    const change = compare(before, after);
    const ends = { signed: before ?? null, live: after ?? null };
    // A policy that gives nothing today is one statement away from giving something: that it is there counts.
    if (change.verdict === 'equal' && (before === undefined || after === undefined)) {
      const word = before === undefined ? 'was added' : 'was taken away';
      return {
        slot: 'inline-policy',
        policy,
        ...ends,
        verdict: 'narrower',
        because: [`inline policy ${policy}, which gives nothing, ${word}`],
      };
    }
    return { slot: 'inline-policy', policy, ...ends, ...change };
  });
}

function compareAttachments(
  signed: readonly string[],
  live: readonly string[],
  { compare, documentOf }: Judges,
): readonly Deviation[] {
  const added = live.filter((arn) => !signed.includes(arn));
  const removed = signed.filter((arn) => !live.includes(arn));
  return [
    ...added.map((policyArn): Deviation => {
      const document = documentOf(policyArn);
      const change = document === undefined ? unread(policyArn, 'attached') : compare(undefined, document);
      return {
        slot: 'attachment',
        policyArn,
        signed: null,
        live: 'attached',
        ...touched(change, `${policyArn} was attached`),
      };
    }),
    ...removed.map((policyArn): Deviation => {
      const document = documentOf(policyArn);
      const change = document === undefined ? unread(policyArn, 'detached') : compare(document, undefined);
      return {
        slot: 'attachment',
        policyArn,
        signed: 'attached',
        live: null,
        ...touched(change, `${policyArn} was detached`),
      };
    }),
  ];
}

function unread(policyArn: string, word: string): AccessChange {
  return { verdict: 'unknown', because: [`the document of ${policyArn}, which was ${word}, is not known`] };
}

/** An attachment is a difference whatever the policy says today. */
function touched({ verdict, because }: AccessChange, what: string): AccessChange {
  return { verdict: verdict === 'equal' ? 'narrower' : verdict, because: [what, ...because] };
}

/** What a group gives is judged with the group. That somebody is in it who was not is wider, for its policies may change. */
function compareMembership(signed: PrincipalState, live: PrincipalState): readonly Deviation[] {
  if (signed.kind !== 'user' || live.kind !== 'user') return [];
  const added = live.groups.filter((group) => !signed.groups.includes(group));
  const removed = signed.groups.filter((group) => !live.groups.includes(group));
  return [
    ...added.map(
      (group): Deviation => ({
        slot: 'membership',
        group,
        signed: null,
        live: 'member',
        verdict: 'wider',
        because: [`the user was put into group ${group}`],
      }),
    ),
    ...removed.map(
      // A group can also deny.
      (group): Deviation => ({
        slot: 'membership',
        group,
        signed: 'member',
        live: null,
        verdict: 'unknown',
        because: [`the user was taken out of group ${group}`],
      }),
    ),
  ];
}
