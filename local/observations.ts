import { z } from 'zod';
import type { EmbeddedAccount, TimelineEntry } from './account/types.ts';

/** What is read of a verdict row; the rest is the service's own business. Rows keep evidence and reasons as JSON, as text or as they are. */
const fromJson = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);
const reason = z.object({ code: z.string(), message: z.string() });
const verdictSchema = z.object({
  state: z.enum(['pending', 'verified', 'unsigned', 'invalid', 'error', 'ignored', 'gone']),
  account: z.string(),
  region: z.string(),
  repository: z.string(),
  digest: z.string(),
  revision: z.number(),
  firstSeenAt: z.number(),
  graceEndsAt: z.number(),
  attempts: z.number(),
  validUntil: z.number().optional(),
  policyHash: z.string().optional(),
  tags: z.preprocess(fromJson, z.array(z.string())),
  policy: z.string().nullish(),
  evidence: z.preprocess(fromJson, z.array(z.looseObject({ policyLine: z.string() }))),
  reasons: z.preprocess(fromJson, z.array(reason)),
});
export type ObservedVerdict = z.infer<typeof verdictSchema>;

const driftSchema = z.object({
  resource: z.string(),
  state: z.enum(['covered', 'drifted', 'undeclared', 'deleted', 'unreadable-baseline', 'gone']),
  verdict: z.string().optional(),
  deviations: z.array(z.string()),
  paths: z.array(z.string()),
  actor: z.string().optional(),
  protection: z.string().optional(),
  firstSeenAt: z.number(),
  revision: z.number(),
});
/** `before`: how it deviated last, once that is over. */
export type ObservedDrift = z.infer<typeof driftSchema> & {
  readonly before?: Pick<z.infer<typeof driftSchema>, 'deviations' | 'paths'> | undefined;
};

const STEP_STATES = ['pending', 'started', 'done', 'kept', 'undo-started', 'undone'] as const;
const planSchema = z.object({
  id: z.string(),
  resource: z.string(),
  findingId: z.string(),
  state: z.string(),
  mode: z.string(),
  reason: z.string(),
  revision: z.number(),
  steps: z.array(z.object({ does: z.string(), inverse: z.string().nullable(), at: z.enum(STEP_STATES) })),
});
export type ObservedPlan = z.infer<typeof planSchema> & { readonly trace: string };

const findingSchema = z.looseObject({ Id: z.string(), UpdatedAt: z.string(), RecordState: z.string().optional() });
export type ObservedFinding = z.infer<typeof findingSchema>;

/**
 * The newest verdict on each image, the newest drift of each principal, with their plans and findings, as the timeline of the account shows them. Nothing is asked of the account, so that looking
 * neither appears in the timeline nor meets its faults.
 */
export class Observations {
  private readonly verdicts = new Map<string, ObservedVerdict>();
  private readonly drift = new Map<string, ObservedDrift>();
  private readonly plans = new Map<string, ObservedPlan>();
  private readonly findings = new Map<string, ObservedFinding>();
  private readonly stopListening: () => void;

  constructor(account: EmbeddedAccount) {
    for (const entry of account.timeline()) this.observe(entry);
    this.stopListening = account.onTimeline((entry) => this.observe(entry));
  }

  /** By `repository@digest`. */
  verdictOf(trace: string): ObservedVerdict | undefined {
    return this.verdicts.get(trace);
  }

  allVerdicts(): readonly ObservedVerdict[] {
    return [...this.verdicts.values()];
  }

  /** By ARN. */
  driftOf(trace: string): ObservedDrift | undefined {
    return this.drift.get(trace);
  }

  allDrift(): readonly ObservedDrift[] {
    return [...this.drift.values()];
  }

  /** Oldest first. */
  allPlans(): readonly ObservedPlan[] {
    return [...this.plans.values()];
  }

  /** The finding about an image, `repository@digest`, or a principal, its ARN. */
  findingOf(trace: string): ObservedFinding | undefined {
    return this.allFindings().find((finding) => traceOfFinding(finding.Id) === trace);
  }

  allFindings(): readonly ObservedFinding[] {
    return [...this.findings.values()];
  }

  stop(): void {
    this.stopListening();
  }

  private observe(entry: TimelineEntry): void {
    if (entry.step === 'verdict') this.observeVerdict(entry.detail);
    if (entry.step === 'drift') this.observeDrift(entry.detail);
    if (entry.step === 'plan' || entry.step === 'call' || entry.step === 'verified') this.observePlan(entry);
    if (entry.step === 'finding') this.observeFinding(entry.detail);
  }

  private observeVerdict(detail: unknown): void {
    const verdict = verdictSchema.safeParse(detail);
    if (!verdict.success) return;
    const trace = `${verdict.data.repository}@${verdict.data.digest}`;
    if ((this.verdicts.get(trace)?.revision ?? -1) <= verdict.data.revision) this.verdicts.set(trace, verdict.data);
  }

  private observeDrift(detail: unknown): void {
    const drift = driftSchema.safeParse(detail);
    if (!drift.success) return;
    const { resource, revision } = drift.data;
    const known = this.drift.get(resource);
    if ((known?.revision ?? -1) > revision) return;
    const { deviations, paths } = known ?? drift.data;
    const before = deviations.length === 0 ? known?.before : { deviations, paths };
    this.drift.set(resource, { ...drift.data, ...(isOver(drift.data) && { before }) });
  }

  private observePlan({ trace = '', detail }: TimelineEntry): void {
    const plan = planSchema.safeParse(detail);
    if (!plan.success) return;
    const { id, revision } = plan.data;
    if ((this.plans.get(id)?.revision ?? -1) <= revision) this.plans.set(id, { ...plan.data, trace });
  }

  private observeFinding(detail: unknown): void {
    const finding = findingSchema.safeParse(detail);
    if (finding.success) this.findings.set(finding.data.Id, finding.data);
  }
}

function isOver({ state }: ObservedDrift): boolean {
  return state === 'covered' || state === 'gone';
}

/**
 * `repository@digest` out of `countersign/image/<account>/<region>/<repository>@<digest>`, the ARN out of `countersign/iam/<arn>`
 * and `countersign/containment/<arn>`; undefined for findings about other
 * things.
 */
export function traceOfFinding(id: string): string | undefined {
  const image = /^countersign\/image\/\d{12}\/[a-z0-9-]+\/(.+@sha256:[0-9a-f]{64})$/.exec(id)?.[1];
  return image ?? /^countersign\/(?:iam|containment)\/(arn:.+)$/.exec(id)?.[1];
}
