import type { Material } from './material.ts';
import type { Report } from './report.ts';
import { verifyTimestamp } from './timestamp.ts';
import { badTimestamp } from './timestamp-token.ts';
import type { Verifier } from './verifier.ts';

/**
 * The times that time stamping authorities vouch for. A time stamp by a stranger is passed over, and is the reason for the refusal where nothing else
 * gives a time; one that is about other bytes or not well-formed is refused. Throws `bad-timestamp`, `malformed`, `unsupported` or `too-large`.
 */
export function verifyStamps(material: Material, { root }: Verifier, report: Report): readonly number[] {
  if (root === undefined) return [];
  if (new Set(material.timestamps.map((timestamp) => timestamp.toString('latin1'))).size < material.timestamps.length)
    throw badTimestamp('it is attached twice');
  const stamps = material.timestamps.map((timestamp) =>
    report.run(
      'signed-time',
      () => verifyTimestamp(timestamp, material.stamped, root),
      (stamp) =>
        stamp.trusted
          ? `time stamped at ${new Date(stamp.time).toISOString()}`
          : { skipped: `passed over: ${stamp.reason}` },
    ),
  );
  const times = stamps.flatMap((stamp) => (stamp.trusted ? [stamp.time] : []));
  const stranger = stamps.find((stamp) => !stamp.trusted);
  const timed = times.length > 0 || material.entries.some(({ promise }) => promise !== undefined);
  if (stranger !== undefined && material.certificate !== undefined && !timed) throw badTimestamp(stranger.reason);
  return times;
}
