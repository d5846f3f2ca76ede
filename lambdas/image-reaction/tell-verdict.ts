import type { MetricName, Telemetry } from '../aws/function-frame.ts';
import type { VerdictRecord, VerdictState } from '../core/images/verdict.ts';

const METRICS: Partial<Record<VerdictState, MetricName>> = {
  verified: 'ImageVerified',
  unsigned: 'ImageUnsigned',
  invalid: 'ImageInvalid',
  pending: 'ImagePending',
};

/** Counts and logs a verdict where it changed. What stays undecided is counted at every look: the alarm asks whether it lasts. */
export function tellVerdict(
  record: VerdictRecord | undefined,
  previous: VerdictRecord | undefined,
  telemetry: Telemetry,
): void {
  if (record === undefined) return;
  if (record.attempts > 0) telemetry.count('ImageUndecided');
  if (previous?.state === record.state) return;
  const metric = METRICS[record.state];
  if (metric !== undefined) telemetry.count(metric);
  telemetry.info('verdict', {
    repository: record.repository,
    digest: record.digest,
    verdict: record.state,
    revision: record.revision,
    policy: record.policy ?? '',
  });
}
