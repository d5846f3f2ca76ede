import { type IamCall, type IamChange, invertIamCall, toIamCall } from '../../ledger/calls/iam.ts';
import type { PlanStep } from '../../ledger/plan.ts';
import type { Difference } from '../baseline/compare-states.ts';
import type { BaselineState } from '../baseline/state.ts';
import type { LiveState } from '../live-state.ts';
import { isSameDocument } from '../same-document.ts';
import { isAwsQuarantine } from './out-of-reach.ts';

/** Another version of a managed policy: it has five at most, and the signed document may not be among them any more. */
export interface SpareVersion {
  readonly document: string;
}

const MOST_VERSIONS = 5;

/**
 * The calls that bring live state back to what was signed, in the order in which they work (IAM quotas count while a plan runs: what is too much goes before
 * what is missing comes, and the way in is closed first). Each call has its inverse, down to the letter of what was there. What AWS itself put there in an
 * incident stays; what no call here restores (unique ids, tags, instance profiles, sessions) is told and not planned.
 */
export function planRevert(
  signed: BaselineState,
  live: LiveState,
  differences: readonly Difference[],
  account: string,
  spares: readonly SpareVersion[] = [],
): readonly PlanStep[] {
  const changes = differences
    .filter((one) => !isAwsQuarantine(one))
    .toSorted((one, other) => rankOf(one) - rankOf(other))
    .flatMap((difference) => toChanges(signed, live, difference, account, spares));
  return changes.map(toIamCall).map(toStep);
}

function toStep(call: IamCall): PlanStep {
  const inverse = invertIamCall(call);
  return {
    call,
    inverse: inverse === undefined ? { irreversible: 'Nobody else knows the password.' } : { call: inverse },
  };
}

/** Credentials, trust and boundary first, then what takes access away, then what gives it back. */
function rankOf({ part, change }: Difference): number {
  if (part === 'trust' || CREDENTIALS.includes(part)) return 0;
  if (part === 'boundary') return 1;
  if (part === 'document') return 2;
  return { added: 3, changed: 4, removed: 5 }[change];
}

const CREDENTIALS: readonly Difference['part'][] = [
  'access-key',
  'ssh-key',
  'service-credential',
  'signing-certificate',
  'password',
];

/** Switches off what nobody signed. What a baseline says nothing of stays, and what was switched off or taken away nobody here brings back. */
function switchOff(
  signed: BaselineState,
  { name: user }: Extract<LiveState, { kind: 'user' }>,
  { part, name = '', change }: Difference,
  account: string,
): readonly IamChange[] {
  if (signed.kind !== 'user' || signed.credentials === undefined) return [];
  // What was signed is another secret once it is set anew.
  if (change !== 'added' && !(part === 'password' && change === 'changed')) return [];
  const off = { account, user, from: 'Active', to: 'Inactive' } as const;
  switch (part) {
    case 'access-key':
      return [{ ...off, slot: 'access-key', keyId: name }];
    case 'ssh-key':
    case 'service-credential':
    case 'signing-certificate':
      return [{ ...off, slot: 'credential', credential: part, id: name }];
    case 'password':
      return [{ slot: 'login-profile', account, user, from: 'password', to: null }];
    default:
      return [];
  }
}

function toChanges(
  signed: BaselineState,
  live: LiveState,
  difference: Difference,
  account: string,
  spares: readonly SpareVersion[],
): readonly IamChange[] {
  const { part, name = '' } = difference;
  if (signed.kind === 'policy' || live.kind === 'policy') {
    if (part !== 'document' || signed.kind !== 'policy' || live.kind !== 'policy') return [];
    return restoreDocument(live.arn, { live: live.document, signed: JSON.stringify(signed.document) }, account, spares);
  }
  const holder = { kind: live.kind, name: live.name };
  switch (part) {
    case 'trust':
      if (signed.kind !== 'role' || live.kind !== 'role') return [];
      return [{ slot: 'trust', account, role: live.name, from: live.trust, to: JSON.stringify(signed.trust) }];
    case 'boundary':
      if (signed.kind === 'group' || live.kind === 'group') return [];
      return [
        {
          slot: 'boundary',
          account,
          holder: { kind: live.kind, name: live.name },
          from: live.boundary ?? null,
          to: signed.boundary ?? null,
        },
      ];
    case 'inline': {
      const wanted = signed.inline.find((one) => one.name === name)?.document;
      return [
        {
          slot: 'inline-policy',
          account,
          holder,
          policy: name,
          from: live.inline.find((one) => one.name === name)?.document ?? null,
          to: wanted === undefined ? null : JSON.stringify(wanted),
        },
      ];
    }
    case 'attached': {
      const isAttached = live.attached.includes(name);
      const ends = isAttached ? ({ from: 'attached', to: null } as const) : ({ from: null, to: 'attached' } as const);
      return [{ slot: 'attachment', account, holder, policyArn: name, ...ends }];
    }
    case 'group': {
      if (live.kind !== 'user') return [];
      const isMember = live.groups.includes(name);
      const ends = isMember ? ({ from: 'member', to: null } as const) : ({ from: null, to: 'member' } as const);
      return [{ slot: 'membership', account, user: live.name, group: name, ...ends }];
    }
    default:
      return live.kind === 'user' ? switchOff(signed, live, difference, account) : [];
  }
}

/**
 * A signed version that is still there comes into force again, and the one that nobody signed goes. Where it was pushed out it is made anew from what was signed,
 * after the oldest other version made room.
 */
function restoreDocument(
  policyArn: string,
  { live, signed }: { readonly live: string; readonly signed: string },
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
