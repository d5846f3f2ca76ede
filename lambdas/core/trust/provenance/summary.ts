import * as z from 'zod';

export const SUMMARY_TYPE = 'https://slsa.dev/verification_summary/v1';

const text = z.string().min(1).max(2048);

/** What a policy demands of a verification summary (slsa.dev/spec/v1.0/verification_summary): somebody else has verified, and says so under a signature. */
export const summaryDemandSchema = z.strictObject({
  /** `verifier.id` to the letter. */
  verifier: text,
  /** `resourceUri` to the letter. */
  resourceUri: text.optional(),
  /** Levels that were verified. A SLSA build level is met by a higher one. */
  levels: z.array(text).min(1).max(20),
});

export type SummaryDemand = z.infer<typeof summaryDemandSchema>;

const summarySchema = z.object({
  verifier: z.object({ id: z.string().max(4096) }),
  resourceUri: z.string().max(4096),
  verificationResult: z.string().max(100),
  verifiedLevels: z.array(z.string().max(256)).max(1000),
});

/** Where a verification summary is not what a policy demands: in words, or undefined where all holds. */
export function findSummaryMismatch(predicate: unknown, demand: SummaryDemand): string | undefined {
  const parsed = summarySchema.safeParse(predicate);
  if (!parsed.success) return 'it is no verification summary';
  const { verifier, resourceUri, verificationResult, verifiedLevels } = parsed.data;
  if (verificationResult !== 'PASSED') return 'the result is not PASSED';
  if (verifier.id !== demand.verifier) return `the verifier is ${verifier.id}, the policy wants ${demand.verifier}`;
  if (demand.resourceUri !== undefined && resourceUri !== demand.resourceUri) {
    return `the resource is ${resourceUri}, the policy wants ${demand.resourceUri}`;
  }
  const unmet = demand.levels.find((wanted) => !verifiedLevels.some((level) => meets(level, wanted)));
  return unmet === undefined ? undefined : `the level ${unmet} was not verified`;
}

function meets(level: string, wanted: string): boolean {
  if (level === wanted) return true;
  const [actual, least] = [buildLevelOf(level), buildLevelOf(wanted)];
  return actual !== undefined && least !== undefined && actual >= least;
}

function buildLevelOf(level: string): number | undefined {
  const digit = /^SLSA_BUILD_LEVEL_([0-3])$/.exec(level)?.[1];
  return digit === undefined ? undefined : Number(digit);
}
