import { SignatureError } from './errors.ts';
import type { Material } from './material.ts';
import type { Report } from './report.ts';
import { verifyTimestamp } from './timestamp.ts';
import type { Verifier } from './verifier.ts';

/** The times that time stamping authorities vouch for. A time stamp that does not count is passed over, and is the reason where nothing else gives a time. */
export function verifyStamps(material: Material, { root }: Verifier, report: Report): readonly number[] {
  if (root === undefined) return [];
  const failures: SignatureError[] = [];
  const times = material.timestamps.flatMap((timestamp) => {
    try {
      const time = verifyTimestamp(timestamp, material.signature, root);
      report.add('signed-time', 'passed', `time stamped at ${new Date(time).toISOString()}`);
      return [time];
    } catch (thrown) {
      if (!(thrown instanceof SignatureError)) throw thrown;
      failures.push(thrown);
      report.add('signed-time', 'skipped', thrown.message);
      return [];
    }
  });
  const [failure] = failures;
  // With no trusted time at all, the reason why a time stamp was passed over is the reason for the refusal.
  if (
    times.length === 0 &&
    failure !== undefined &&
    material.certificate !== undefined &&
    !material.entries.some(({ promise }) => promise)
  )
    throw failure;
  return times;
}
