import type { Digest } from '../digest.ts';
import { hexOf } from '../digest.ts';
import type { Reason } from '../errors.ts';
import { type ImageName, keyOf } from '../image-name.ts';
import type { AwsCall } from '../ledger/call.ts';
import { createPlan, type Plan, type PlanId, type PlanMode, type PlanStep } from '../ledger/plan.ts';

/** The quarantine of one image policy: who decides, and how far it may go. */
export interface QuarantineRule {
  readonly mode: PlanMode;
  readonly upTo: 'tag' | 'archive' | 'delete';
}

/** An image as the registry describes it, without its content (ECR API Reference, ImageDetail). */
export interface ImageAtRest {
  readonly storage: 'active' | 'archived' | 'activating';
  readonly tags: readonly string[];
  /** Unix milliseconds. ECR notes it once a day at least. */
  readonly lastPulledAt?: number | undefined;
}

/** The verdict that asks for a quarantine. */
export interface FailedVerdict extends ImageName {
  readonly state: 'invalid' | 'unsigned';
  readonly policy: string;
  readonly policyHash: string;
  readonly reasons: readonly Reason[];
}

/** The tag that marks an image in quarantine. */
export function quarantineTagOf(digest: Digest): string {
  return `quarantine-${hexOf(digest).slice(0, 12)}`;
}

/**
 * The part of the ladder that can be taken back: the tag, and by `upTo` the archive. Undefined where both are there already. `follows` is the plan that the rule
 * took back when the image was verified for a while.
 * An image without tags gets none: to take the only tag away would delete the image.
 */
export function planContainment(
  verdict: FailedVerdict,
  rule: QuarantineRule,
  atRest: ImageAtRest,
  follows?: PlanId,
): Plan | undefined {
  const { account, region, repository, digest } = verdict;
  const image = { account, region, repository, digest };
  const tag = quarantineTagOf(digest);
  const steps: PlanStep[] = [];
  const isTagged = atRest.tags.includes(tag);
  // The tag first: what is archived cannot be read, and its manifest could not be put again.
  if (atRest.storage === 'active' && !isTagged && atRest.tags.length > 0) {
    steps.push(
      reversible({ action: 'ecr:PutImage', ...image, tag }, { action: 'ecr:BatchDeleteImage', ...image, tag }),
    );
  }
  if (rule.upTo !== 'tag' && atRest.storage === 'active') {
    const move = { action: 'ecr:UpdateImageStorageClass', ...image } as const;
    steps.push(reversible({ ...move, storageClass: 'ARCHIVE' }, { ...move, storageClass: 'STANDARD' }));
  }
  if (steps.length === 0) return undefined;
  return createPlan({
    ...describe(verdict),
    before: { storage: atRest.storage, quarantineTag: isTagged },
    steps,
    mode: rule.mode,
    ...(follows !== undefined && { follows }),
  });
}

/** The last rung: the deletion of an image that is in quarantine. It waits for an operator whatever the mode, and cannot be taken back. */
export function planDeletion(verdict: FailedVerdict, rule: QuarantineRule, atRest: ImageAtRest): Plan | undefined {
  if (rule.upTo !== 'delete' || atRest.storage !== 'archived') return undefined;
  const { account, region, repository, digest } = verdict;
  const call: AwsCall = { action: 'ecr:BatchDeleteImage', account, region, repository, digest };
  return createPlan({
    ...describe(verdict),
    rule: `images/deletion/${verdict.policy}`,
    before: { storage: atRest.storage },
    steps: [{ call, inverse: { irreversible: 'A deleted image can only be pushed again by who has it.' } }],
    mode: rule.mode === 'observe' ? 'observe' : 'approve',
  });
}

function describe(verdict: FailedVerdict) {
  const [first] = verdict.reasons;
  return {
    version: 1,
    rule: `images/quarantine/${verdict.policy}`,
    resource: keyOf(verdict),
    group: `${verdict.account}/${verdict.region}/${verdict.repository}`,
    findingId: `countersign/image/${keyOf(verdict)}`,
    reason: { code: verdict.state, message: first?.message.slice(0, 1024) ?? '' },
    policyHash: verdict.policyHash,
  } as const;
}

function reversible(call: AwsCall, inverse: AwsCall): PlanStep {
  return { call, inverse: { call: inverse } };
}
