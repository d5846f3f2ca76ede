import { parseDigest } from '../../lambdas/core/digest.ts';
import type { Happening, LedgerEvent } from '../../lambdas/core/ledger/event.ts';
import { createPlan, digestPlan, type Plan, type PlanDraft } from '../../lambdas/core/ledger/plan.ts';

export const DIGEST = parseDigest(`sha256:${'ab'.repeat(32)}`);
const image = { account: '123456789012', region: 'eu-west-1', repository: 'team/app', digest: DIGEST };
const tag = { action: 'ecr:PutImage', ...image, tag: 'quarantine-abababababab' } as const;
const untag = { action: 'ecr:BatchDeleteImage', ...image, tag: tag.tag } as const;
const archive = { action: 'ecr:UpdateImageStorageClass', ...image, storageClass: 'ARCHIVE' } as const;
const restore = { ...archive, storageClass: 'STANDARD' } as const;

/** A plan of two steps that can be taken back: a tag and the archive. */
export function examplePlan(change: Partial<PlanDraft> = {}): Plan {
  return createPlan({
    version: 1,
    rule: 'images/quarantine/all',
    resource: `123456789012/eu-west-1/team/app@${DIGEST}`,
    group: '123456789012/eu-west-1/team/app',
    findingId: `countersign/image/123456789012/eu-west-1/team/app@${DIGEST}`,
    reason: { code: 'wrong-identity', message: 'signed by another workflow' },
    policyHash: `sha256:${'0'.repeat(64)}`,
    before: { storageClass: 'STANDARD', quarantineTag: false },
    steps: [
      { call: tag, inverse: { call: untag } },
      { call: archive, inverse: { call: restore } },
    ],
    mode: 'approve',
    ...change,
  });
}

/** A plan that deletes the image. */
export function irreversiblePlan(): Plan {
  return examplePlan({
    steps: [{ call: { action: 'ecr:BatchDeleteImage', ...image }, inverse: { irreversible: 'it is deleted' } }],
  });
}

/** An event by whoever may bring it. */
export function eventOf(what: Happening, id: string, at = 1000): LedgerEvent {
  const people = ['approve', 'deny', 'request-undo'];
  const by: LedgerEvent['by'] = people.includes(what.kind)
    ? { kind: 'operator', identity: 'arn:aws:iam::123456789012:user/ana', via: 'test' }
    : { kind: 'executor' };
  return { id, at, by, what };
}

export const approvalOf = (plan: Plan, irreversible = false): Happening => ({
  kind: 'approve',
  planDigest: digestPlan(plan),
  irreversible,
});
