import { z } from 'zod';

/** What the console's server and its page say to each other. Both sides parse with these schemas. */

export const timelineEntrySchema = z.object({
  sequence: z.number(),
  /** Unix milliseconds. */
  at: z.number(),
  step: z.enum([
    'api',
    'event',
    'rule',
    'queue',
    'function',
    'verdict',
    'drift',
    'plan',
    'call',
    'verified',
    'finding',
    'dead-letter',
    'fault',
  ]),
  /** What it is about: `repository@digest` of an image, or the ARN of a principal. */
  trace: z.string().optional(),
  summary: z.string(),
  /** JSON text of the particulars, left out where it is long. */
  detail: z.string().optional(),
});
export type TimelineEntryView = z.infer<typeof timelineEntrySchema>;

const reasonSchema = z.object({ code: z.string(), message: z.string() });

const evidenceSchema = z.object({
  policyLine: z.string(),
  requirement: z.string(),
  outcome: z.enum(['satisfied', 'failed', 'missing', 'error']),
  format: z.enum(['bundle', 'simple-signing', 'dsse', 'notation']).optional(),
  origin: z
    .object({
      kind: z.enum(['referrer', 'sig-tag', 'att-tag', 'fallback-tag', 'file']),
      manifest: z.string().optional(),
      blob: z.string().optional(),
      tag: z.string().optional(),
    })
    .optional(),
  signer: z.string().optional(),
  checks: z.array(z.object({ check: z.string(), result: z.enum(['passed', 'failed', 'skipped']), detail: z.string() })),
  reason: reasonSchema.optional(),
});
export type EvidenceView = z.infer<typeof evidenceSchema>;

export const verdictStates = ['pending', 'verified', 'unsigned', 'invalid', 'error', 'ignored', 'gone'] as const;
const stateSchema = z.enum(verdictStates);
export type StateView = z.infer<typeof stateSchema>;

/** States of drift, the open ones first. */
export const driftStates = ['drifted', 'undeclared', 'deleted', 'unreadable-baseline', 'covered', 'gone'] as const;

export const imageSchema = z.object({
  /** `repository@digest`. */
  trace: z.string(),
  repository: z.string(),
  digest: z.string(),
  tags: z.array(z.string()),
  state: stateSchema,
  /** Unix milliseconds, all three. */
  firstSeenAt: z.number(),
  graceEndsAt: z.number(),
  attempts: z.number(),
  policy: z.string().nullable(),
  evidence: z.array(evidenceSchema),
  reasons: z.array(reasonSchema),
});
export type ImageView = z.infer<typeof imageSchema>;

const deviation = {
  deviations: z.array(z.string()),
  /** Escalation paths that this adds. */
  paths: z.array(z.string()),
};

export const principalSchema = z.object({
  /** ARN. */
  trace: z.string(),
  state: z.enum(driftStates),
  verdict: z.string().optional(),
  ...deviation,
  /** How it deviated last, where that is over. */
  before: z.object(deviation).optional(),
  actor: z.string().optional(),
  protection: z.string().optional(),
  /** Unix milliseconds. */
  firstSeenAt: z.number(),
});
export type PrincipalView = z.infer<typeof principalSchema>;
export type DriftStateView = PrincipalView['state'];

export const planSchema = z.object({
  id: z.string(),
  trace: z.string(),
  /** Of the finding that shows it, on which an operator acts. */
  findingId: z.string(),
  state: z.string(),
  mode: z.string(),
  reason: z.string(),
  steps: z.array(
    z.object({
      does: z.string(),
      /** What takes it back, null where nothing can. */
      inverse: z.string().nullable(),
      at: z.enum(['pending', 'started', 'done', 'kept', 'undo-started', 'undone']),
    }),
  ),
});
export type PlanView = z.infer<typeof planSchema>;

export const findingSchema = z.object({
  id: z.string(),
  /** Which image or principal, where the finding is about one. */
  trace: z.string().optional(),
  title: z.string(),
  description: z.string(),
  severity: z.string(),
  workflow: z.string(),
  recordState: z.string(),
  compliance: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  types: z.array(z.string()),
  resources: z.array(z.object({ type: z.string(), id: z.string() })),
  remediation: z.object({ text: z.string(), url: z.string() }),
  productFields: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The ASFF record, JSON text. */
  raw: z.string(),
});
export type FindingView = z.infer<typeof findingSchema>;

const rate = z.number().min(0).max(1);
export const faultsSchema = z.strictObject({
  duplicateRate: rate,
  reorder: z.boolean(),
  throttleRate: rate,
  lossRate: rate,
});
export type FaultsView = z.infer<typeof faultsSchema>;

export const scenarioSchema = z.object({
  name: z.string(),
  about: z.enum(['image', 'principal']),
  title: z.string(),
  expectation: z.string(),
  expected: z.object({
    state: z.enum([...new Set([...verdictStates, ...driftStates, 'none' as const])]),
    finding: z.enum(['open', 'archived', 'none']),
  }),
});
export type ScenarioView = z.infer<typeof scenarioSchema>;

export const overviewSchema = z.object({
  account: z.string(),
  region: z.string(),
  graceSeconds: z.number(),
  policyHash: z.string(),
  /** The account's own time, Unix milliseconds. */
  now: z.number(),
  scenarios: z.array(scenarioSchema),
  faults: faultsSchema,
});
export type Overview = z.infer<typeof overviewSchema>;

/** Everything that changes: sent whole, it is small. */
export const stateOfThingsSchema = z.object({
  images: z.array(imageSchema),
  principals: z.array(principalSchema),
  /** Oldest first. */
  plans: z.array(planSchema),
  findings: z.array(findingSchema),
});
export type StateOfThings = z.infer<typeof stateOfThingsSchema>;

export const runRequestSchema = z.strictObject({ scenario: z.string().min(1).max(64) });
export const runResultSchema = z.object({ trace: z.string() });
/** A custom action of Security Hub, on the finding of that id. */
export const actionRequestSchema = z.strictObject({
  action: z.enum(['Approve', 'Deny', 'Undo', 'Delete']),
  finding: z.string().min(1).max(512),
});
export type ActionView = z.infer<typeof actionRequestSchema>['action'];
export const actionResultSchema = z.object({ sent: z.literal(true) });
export const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
