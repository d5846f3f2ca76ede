import { type IamCall, type IamChange, invertIamCall, toIamCall } from '../../ledger/calls/iam.ts';
import type { PlanStep } from '../../ledger/plan.ts';
import { isSameDocument } from '../same-document.ts';
import type { Deviation } from './drift.ts';
import { isAwsQuarantine } from './out-of-reach.ts';
import type { IamState } from './state.ts';

/** Other versions of a managed policy, the oldest first: a policy has five at most, and the signed document may not be among them any more. */
export interface SpareVersion {
  readonly document: string;
}

const MOST_VERSIONS = 5;

/**
 * The calls that bring live state back to what was signed, in the order in which they work (IAM quotas count while a plan runs: what is too much goes before
 * what is missing comes, and the way in is closed first). Each call has its inverse. What AWS itself put there in an incident stays.
 */
export function planRevert(
  live: IamState,
  deviations: readonly Deviation[],
  account: string,
  spares: readonly SpareVersion[] = [],
): readonly PlanStep[] {
  const changes = deviations
    .filter((one) => !isAwsQuarantine(one))
    .toSorted((one, other) => rankOf(one) - rankOf(other))
    .flatMap((deviation) => toChanges(live, deviation, account, spares));
  return changes.map(toIamCall).map(toStep);
}

function toStep(call: IamCall): PlanStep {
  return { call, inverse: { call: invertIamCall(call) } };
}

/** Trust and boundary first, then what takes access away, then what gives it back. */
function rankOf(deviation: Deviation): number {
  switch (deviation.slot) {
    case 'trust':
      return 0;
    case 'boundary':
      return 1;
    case 'default-document':
      return 2;
    case 'membership':
    case 'attachment':
    case 'inline-policy':
      return deviation.signed === null ? 3 : deviation.live === null ? 5 : 4;
  }
}

function toChanges(
  live: IamState,
  deviation: Deviation,
  account: string,
  spares: readonly SpareVersion[],
): readonly IamChange[] {
  const { kind, name } = live;
  switch (deviation.slot) {
    case 'trust':
      return [{ slot: 'trust', account, role: name, from: deviation.live, to: deviation.signed }];
    case 'default-document':
      return restoreDocument(live.arn, deviation, account, spares);
    case 'membership':
      return [
        { slot: 'membership', account, user: name, group: deviation.group, from: deviation.live, to: deviation.signed },
      ];
    case 'boundary':
      if (kind === 'group' || kind === 'policy') return [];
      return [{ slot: 'boundary', account, holder: { kind, name }, from: deviation.live, to: deviation.signed }];
    case 'attachment':
      if (kind === 'policy') return [];
      return [
        {
          slot: 'attachment',
          account,
          holder: { kind, name },
          policyArn: deviation.policyArn,
          from: deviation.live,
          to: deviation.signed,
        },
      ];
    case 'inline-policy':
      if (kind === 'policy') return [];
      return [
        {
          slot: 'inline-policy',
          account,
          holder: { kind, name },
          policy: deviation.policy,
          from: deviation.live,
          to: deviation.signed,
        },
      ];
  }
}

/**
 * A signed version that is still there comes into force again, and the one that nobody signed goes. Where it was pushed out it is made anew from what was signed,
 * after the oldest other version made room.
 */
function restoreDocument(
  policyArn: string,
  { live, signed }: Extract<Deviation, { slot: 'default-document' }>,
  account: string,
  spares: readonly SpareVersion[],
): readonly IamChange[] {
  const isThere = spares.some(({ document }) => isSameDocument(document, signed));
  const [oldest] = spares;
  const needsRoom = !isThere && spares.length + 1 >= MOST_VERSIONS && oldest !== undefined;
  const policy = { account, policyArn };
  return [
    ...(needsRoom ? [{ ...policy, slot: 'spare-version', from: oldest.document, to: null } as const] : []),
    { ...policy, slot: 'default-document', from: live, to: signed },
    { ...policy, slot: 'spare-version', from: live, to: null },
  ];
}
