import { SignatureError } from './errors.ts';
import type { Expected } from './log-entry/binding.ts';
import { expectEntryAbout } from './log-entry/index.ts';
import type { AttachedEntry, Material } from './material.ts';
import type { Report } from './report.ts';
import { verifyEntry } from './transparency-log.ts';
import { isWithin } from './trust-root.ts';
import type { Verifier } from './verifier.ts';

/** The times that logs vouch for. Entries of unknown logs give nothing where no log is demanded and are refused where one is. */
export function verifyLogEntries(
  material: Material,
  verifier: Verifier,
  expected: Expected,
  report: Report,
): readonly number[] {
  const { root } = verifier;
  const entries =
    verifier.log === 'required' ? material.entries : material.entries.filter(({ logId }) => root?.logs.has(logId));
  if (verifier.log === 'required' && (entries.length === 0 || root === undefined)) {
    return report.run(
      'transparency-log-entry',
      () => {
        throw new SignatureError('no-log-entry', 'no log entry is attached, and one is demanded');
      },
      '',
    );
  }
  if (entries.length === 0 || root === undefined) {
    report.add('transparency-log-entry', 'skipped', 'no log entry is demanded, and none of a known log is attached');
    return [];
  }
  report.run('transparency-log-entry', () => refuseTwins(entries), `entries attached: ${entries.length}`);
  return entries.flatMap((entry) => {
    report.run(
      'transparency-log-entry',
      () => expectKind(entry, expectEntryAbout(entry.body, expected)),
      (kind) => `${kind} is about this signature, signer and content`,
    );
    const { log, integratedAt } = report.run(
      'transparency-log-inclusion',
      () => verifyEntry(entry, root, material.proofRequired),
      (verified) => `entry ${entry.logIndex} is in the log ${verified.log.host}`,
    );
    expectCertificateOfLog(material, log.validity, report);
    return integratedAt === undefined ? [] : [integratedAt];
  });
}

/** An entry without a time of its own can only be as old as the certificate in it: the log must have been trusted then. */
function expectCertificateOfLog(
  { certificate }: Material,
  validity: { start: number; end: number },
  report: Report,
): void {
  if (certificate === undefined) return;
  report.run(
    'transparency-log-inclusion',
    () => {
      if (!isWithin(certificate.notBefore, validity) && !isWithin(certificate.notAfter, validity)) {
        throw new SignatureError('untrusted-log', 'the log was not trusted while the certificate was valid');
      }
    },
    'the log was trusted while the certificate was valid',
  );
}

/** One entry twice must not look like two: not by its index, and not under an index that nothing vouches for. */
function refuseTwins(entries: readonly AttachedEntry[]): void {
  if (entries.length === 1) return;
  const indexes = new Set(entries.map(({ logId, logIndex }) => `${logId}:${logIndex}`));
  const bodies = new Set(entries.map(({ logId, body }) => `${logId}:${body.toString('latin1')}`));
  if (Math.min(indexes.size, bodies.size) < entries.length)
    throw new SignatureError('bad-log-entry', 'the same log entry is attached twice');
}

function expectKind({ kind }: AttachedEntry, actual: string): string {
  if (kind !== undefined && kind !== actual)
    throw new SignatureError(
      'log-entry-mismatch',
      `the log entry is of the kind ${actual}, not of the one it is said to be`,
    );
  return actual;
}
