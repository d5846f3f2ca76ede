import { z } from 'zod';
import { canonicalize } from '../canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../digest.ts';
import { lifetime } from '../duration.ts';
import { awsCall } from './call.ts';

/** `observe`: shown and never applied. `approve`: waits for an operator. `enforce`: the rule itself authorises it. */
export const planMode = z.enum(['observe', 'approve', 'enforce']);
export type PlanMode = z.infer<typeof planMode>;

/** What takes a step back: another call, or nothing, and then why. */
export const inverse = z.union([
  z.strictObject({ call: awsCall }),
  z.strictObject({ irreversible: z.string().min(1).max(512) }),
]);
export type Inverse = z.infer<typeof inverse>;

export const planStep = z.strictObject({ call: awsCall, inverse });
export type PlanStep = z.infer<typeof planStep>;

declare const planIdBrand: unique symbol;
/** `plan-` and 32 hex digits. */
export type PlanId = string & { readonly [planIdBrand]: true };

export function isPlanId(text: unknown): text is PlanId {
  return typeof text === 'string' && /^plan-[0-9a-f]{32}$/.test(text);
}

export const planId = z.string().refine(isPlanId, 'not the id of a plan');
/** Calls of one plan. */
export const MOST_STEPS = 20;

/** What is known of a plan before it has a name. */
export const planDraft = z.strictObject({
  version: z.literal(1),
  /** The rule that asks for it: `images/quarantine/<policy>`. Limits are counted by rule. */
  rule: z.string().min(1).max(256),
  /** What it changes, in one text: for an image `<account>/<region>/<repository>@<digest>`. */
  resource: z.string().min(1).max(512),
  /** What holds the resource, for the limits of the blast radius: for an image its repository. */
  group: z.string().min(1).max(512),
  /** Id of the finding that shows it. An operator acts on that finding. */
  findingId: z.string().min(1).max(512),
  reason: z.strictObject({ code: z.string().min(1).max(100), message: z.string().max(1024) }),
  /** Hash of the configuration that asked for it. Under another one it is not applied. */
  policyHash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** The state of the resource before, as far as the steps change it: what an undo leads back to. */
  before: z.record(z.string().max(64), z.union([z.string().max(512), z.boolean()])),
  steps: z.array(planStep).min(1).max(MOST_STEPS),
  mode: planMode,
  /** What it does is taken back by itself so many seconds after it was begun. Absent: it stays. */
  expiresAfter: lifetime.optional(),
  /** The plan of the same content that the rule itself took back before. Without it that one would stand for this. */
  follows: planId.optional(),
});
export type PlanDraft = z.infer<typeof planDraft>;

/** A plan: what is to be done and how it is taken back, as data without control flow. Never changed once it is in the ledger. */
export const plan = planDraft.extend({ id: planId });
export type Plan = z.infer<typeof plan>;

/**
 * Names a plan after its content: the same rule, resource, before-state, steps, mode and policy give the same id, so that a plan is proposed once, however often it
 * is asked for, and one that was denied or undone does not come back under the same policy. The wording of the reason does not count.
 */
export function createPlan(draft: PlanDraft): Plan {
  const { reason, ...content } = draft;
  const digest = digestOf(canonicalize({ ...content, reason: reason.code }));
  const id = `plan-${hexOf(digest).slice(0, 32)}`;
  return plan.parse({ ...draft, id });
}

/** The digest over a whole plan. An approval names it: what is approved is what was shown. */
export function digestPlan(content: Plan): Digest {
  return digestOf(canonicalize(content));
}

/** Whether each step of a plan can be taken back. */
export function isReversible({ steps }: Pick<Plan, 'steps'>): boolean {
  return steps.every(({ inverse }) => 'call' in inverse);
}
