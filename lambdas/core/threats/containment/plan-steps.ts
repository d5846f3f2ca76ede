import { type IamChange, invertIamCall, toIamCall } from '../../ledger/calls/iam.ts';
import type { PlanStep } from '../../ledger/plan.ts';
import { denyEverything } from './deny-documents.ts';
import type { Target } from './target.ts';

/** The principal of a target as a fresh read shows it. */
export interface PrincipalState {
  readonly arn: string;
  readonly uniqueId: string;
  readonly name: string;
  readonly inline: readonly { readonly name: string; readonly document: string }[];
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  /** Ids of access keys that are active; none of a role. */
  readonly activeKeys: readonly string[];
}

/** Managed policies that a principal may have (IAM quotas; it can be raised to 20, and then this one only is left out). */
const MOST_ATTACHED = 10;

/**
 * The calls that contain a target, in the order in which they work: the deny first, since it stops everything at once, then what still holds where an attacker takes the
 * deny away. Keys are deactivated and not deleted: they are evidence. What is so already is left out, so that an undo gives back only what we took.
 */
export function planContainment(target: Target, principal: PrincipalState, since: number): readonly PlanStep[] {
  const { account, partition, kind } = target;
  const { name, inline, attached, activeKeys } = principal;
  const deny = denyEverything(target, since);
  const found = inline.find((one) => one.name === deny.name)?.document ?? null;
  const holder = { kind: kind === 'user' ? ('user' as const) : ('role' as const), name };
  const changes: IamChange[] = [];
  if (found !== deny.document) {
    changes.push({ slot: 'inline-policy', account, holder, policy: deny.name, from: found, to: deny.document });
  }
  if (kind === 'user') {
    const quarantine = `arn:${partition}:iam::aws:policy/AWSCompromisedKeyQuarantineV3`;
    if (!attached.includes(quarantine) && attached.length < MOST_ATTACHED) {
      changes.push({ slot: 'attachment', account, holder, policyArn: quarantine, from: null, to: 'attached' });
    }
    for (const keyId of activeKeys) {
      changes.push({ slot: 'access-key', account, user: name, keyId, from: 'Active', to: 'Inactive' });
    }
  }
  return changes.map(toIamCall).map((call) => {
    const inverse = invertIamCall(call);
    return { call, inverse: inverse === undefined ? { irreversible: 'nothing brings it back' } : { call: inverse } };
  });
}

/** What containing a target does not do, for whoever relies on it. */
export function listLimits({ kind }: Target): readonly string[] {
  const noticed = 'whoever may write to IAM can take it away, which is noticed and told';
  const made = 'what was made or changed before (roles, keys, trust, functions) stays: findings of drift tell of it';
  switch (kind) {
    case 'user':
      return ['the password stays, and opens nothing meanwhile', made, noticed];
    case 'session':
      return [
        'other sessions of the role go on, and whoever may assume it can begin one under another name',
        made,
        noticed,
      ];
    case 'role':
      return ['sessions that are issued later are not denied: fix the trust policy first', made, noticed];
  }
}
