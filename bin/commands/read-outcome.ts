import { parseEvent } from '../../lambdas/core/events/parse-event.ts';
import { evidenceSchema } from '../../lambdas/core/trust/evidence.ts';
import { findImagePolicy } from '../../lambdas/core/trust/match-repository.ts';
import type { TrustPolicy } from '../../lambdas/core/trust/policy.ts';
import type { ObservedVerdict } from '../../local/observations.ts';
import type { Replayed } from '../../local/replay-event.ts';
import type { Result } from '../output/result.ts';
import { undecided } from '../output/result.ts';

/** One step of a replayed event. */
export interface ReplayStep {
  /** Seconds after the event. */
  readonly after: number;
  readonly step: string;
  readonly summary: string;
}

/** What became of a replayed event. */
export interface ReplayOutcome {
  readonly result: Result;
  /** The image the result is about, `repository@digest`, or what the event calls it. */
  readonly name: string;
  /** What the parser made of the event, in words. */
  readonly parsed: string;
  /** Names of the rules that took it. */
  readonly rules: readonly string[];
  readonly steps: readonly ReplayStep[];
  /** A line for each finding: its state and title. */
  readonly findings: readonly string[];
  /** What a reader may trip over. */
  readonly notes: readonly string[];
}

/** Reads out of the timeline of a replay what became of the event. */
export function readOutcome(
  event: { readonly detail: Readonly<Record<string, unknown>> },
  { steps, verdicts, findings }: Replayed,
  policy: TrustPolicy,
  pushed: readonly { readonly digest: string }[],
): ReplayOutcome {
  const parsed = parseEvent(JSON.stringify(event));
  const rules = steps.flatMap(({ step, summary }) =>
    step === 'rule' ? [summary.replace(/^rule (.*) matched$/, '$1')] : [],
  );
  const digest = String(event.detail['image-digest'] ?? 'no digest');
  const repository = String(event.detail['repository-name'] ?? 'no repository');
  const verdict = verdicts.find((one) => one.repository === repository && one.digest === digest) ?? verdicts[0];
  const shownDigest = parsed.outcome === 'event' ? parsed.event.digest : null;
  const result =
    verdict === undefined
      ? explainNothing(parsed, rules, repository, shownDigest, policy)
      : toResult(verdict, pushed.length > 0);
  const start = steps[0]?.at ?? 0;
  return {
    result,
    name: verdict === undefined ? `${repository}@${digest}` : `${verdict.repository}@${verdict.digest}`,
    parsed: describeParsed(parsed),
    rules,
    steps: steps.map(({ at, step, summary }) => ({ after: (at - start) / 1000, step, summary })),
    findings: findings.map((finding) => `${finding.RecordState ?? 'ACTIVE'}: ${String(finding.Title ?? finding.Id)}`),
    notes:
      pushed.length > 0 && shownDigest !== null && !pushed.some((one) => one.digest === shownDigest)
        ? [`the event names ${shownDigest}, which is not in the layout that was pushed`]
        : [],
  };
}

type Parsed = ReturnType<typeof parseEvent>;

function describeParsed(parsed: Parsed): string {
  if (parsed.outcome !== 'event') return `${parsed.outcome}: ${parsed.reason.message} [${parsed.reason.code}]`;
  const { kind, repository, digest, tag } = parsed.event;
  return `${kind}: ${repository}@${digest}${tag === undefined ? '' : `, tag ${tag}`}`;
}

/** Why there is no verdict, from the first stage that ended the way. */
function explainNothing(
  parsed: Parsed,
  rules: readonly string[],
  repository: string,
  digest: string | null,
  policy: TrustPolicy,
): Result {
  if (rules.length === 0) {
    return undecided({ code: 'no-rule', message: 'No rule takes this event: the service never sees it.' }, digest);
  }
  if (parsed.outcome !== 'event') return undecided(parsed.reason, digest);
  if (findImagePolicy(policy, repository) === undefined && policy.otherRepositories === 'ignore') {
    const message = 'No image policy names this repository, and the trust policy ignores such: no verdict is kept.';
    return { ...undecided({ code: 'no-policy', message }, digest), verdict: 'ignored' };
  }
  return undecided({ code: 'no-verdict', message: 'No verdict was recorded; the steps show how far it came.' }, digest);
}

function toResult({ state, digest, policy, evidence, reasons }: ObservedVerdict, pushed: boolean): Result {
  const base = { digest, policy: policy ?? null, evidence: evidenceSchema.array().parse(evidence), reasons };
  if (state === 'gone') {
    const message = pushed
      ? 'The pushed layout holds no image with this digest.'
      : 'The embedded registry does not hold this image, and your real one was not asked. Give it with --image oci:DIR.';
    return { ...base, verdict: 'gone', reasons: [{ code: 'not-found', message }] };
  }
  if (state !== 'pending') return { ...base, verdict: state };
  const message = 'The verdict is still pending: the grace for a signature to arrive is not over.';
  return { ...base, verdict: 'error', reasons: [{ code: 'pending', message }, ...reasons] };
}
