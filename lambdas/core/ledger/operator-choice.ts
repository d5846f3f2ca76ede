import type { Happening, LedgerEvent } from './event.ts';
import { isPlanId, type PlanId } from './plan.ts';

/** What an operator wants to happen to a plan. */
export interface OperatorChoice {
  readonly plan: PlanId;
  /** The finding that was acted on, which has to be the one that shows the plan. Absent where the plan itself was named. */
  readonly findingId?: string | undefined;
  /** Instead, where it is a finding of another product: the resources that it is about. */
  readonly about?: readonly string[] | undefined;
  readonly what: Happening;
  readonly event: (at: number) => LedgerEvent;
}

interface Request {
  readonly action: 'approve' | 'deny' | 'undo' | 'delete';
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
}

/**
 * Which plan an action on a finding means, and what it is to happen to it. Undefined where the finding shows none. Approving and undoing mean the plan that can be
 * taken back; only the action for it approves a deletion; a denial means what still waits, the deletion first.
 */
export function readChoice(
  { action, eventId, account, region }: Request,
  finding: {
    readonly id: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly about?: readonly string[] | undefined;
  },
): OperatorChoice | undefined {
  const { fields } = finding;
  const deletes = action === 'delete' || (action === 'deny' && fields['countersign/DeletionPlan'] !== undefined);
  const name = deletes ? 'countersign/DeletionPlan' : 'countersign/Plan';
  const plan = fields[name];
  if (!isPlanId(plan)) return undefined;
  const what = describeWish(action, fields[`${name}Digest`] ?? '');
  if (what === undefined) return undefined;
  return {
    plan,
    ...(finding.about === undefined ? { findingId: finding.id } : { about: finding.about }),
    what,
    event: (at) => ({
      id: `security-hub/${eventId}/${plan}`,
      at,
      by: { kind: 'operator', identity: `securityhub:${region}:${account}`, via: `security-hub/${eventId}` },
      what,
    }),
  };
}

function describeWish(action: Request['action'], planDigest: string): Happening | undefined {
  switch (action) {
    case 'deny':
      return { kind: 'deny' };
    case 'undo':
      return { kind: 'request-undo' };
    case 'approve':
    case 'delete':
      if (!/^sha256:[0-9a-f]{64}$/.test(planDigest)) return undefined;
      return { kind: 'approve', planDigest, irreversible: action === 'delete' };
  }
}
