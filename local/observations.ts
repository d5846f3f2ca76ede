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

const findingSchema = z.looseObject({ Id: z.string(), UpdatedAt: z.string(), RecordState: z.string().optional() });
export type ObservedFinding = z.infer<typeof findingSchema>;

/**
 * The newest verdict and finding of each image, as the timeline of the account shows them. Nothing is asked of the account, so that looking
 * neither appears in the timeline nor meets its faults.
 */
export class Observations {
  private readonly verdicts = new Map<string, ObservedVerdict>();
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

  /** The finding about an image, `repository@digest`. */
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
    if (entry.step === 'finding') this.observeFinding(entry.detail);
  }

  private observeVerdict(detail: unknown): void {
    const verdict = verdictSchema.safeParse(detail);
    if (!verdict.success) return;
    const trace = `${verdict.data.repository}@${verdict.data.digest}`;
    if ((this.verdicts.get(trace)?.revision ?? -1) <= verdict.data.revision) this.verdicts.set(trace, verdict.data);
  }

  private observeFinding(detail: unknown): void {
    const finding = findingSchema.safeParse(detail);
    if (finding.success) this.findings.set(finding.data.Id, finding.data);
  }
}

/** `repository@digest` out of `countersign/image/<account>/<region>/<repository>@<digest>`; undefined for findings about other things. */
export function traceOfFinding(id: string): string | undefined {
  return /^countersign\/image\/\d{12}\/[a-z0-9-]+\/(.+@sha256:[0-9a-f]{64})$/.exec(id)?.[1];
}
