import type { Certificate } from './certificate.ts';
import { checkCodeSigningUsage, findIssuer } from './certificate-chain.ts';
import { SignatureError } from './errors.ts';
import type { Report } from './report.ts';
import { verifyCertificateTimestamp } from './sct.ts';
import type { TrustRoot } from './trust-root.ts';
import type { Verifier } from './verifier.ts';

/** Holds the signing certificate to the trusted root at every trusted time: issuer, usage, certificate transparency. */
export function verifyCertificate(
  certificate: Certificate,
  signedAt: readonly number[],
  verifier: Extract<Verifier, { kind: 'certificate' }>,
  report: Report,
): void {
  const { root } = verifier;
  report.run(
    'signed-time',
    () => {
      if (signedAt.length === 0)
        throw new SignatureError(
          'no-signed-time',
          'no log and no time stamping authority vouches for the time of signing',
        );
    },
    () => signedAt.map((time) => new Date(time).toISOString()).join(', '),
  );
  const issuer = report.run(
    'certificate-chain',
    () => findIssuer(certificate, signedAt, root),
    'issued by an authority of the trusted root, valid when it signed',
  );
  report.run('certificate-usage', () => checkCodeSigningUsage(certificate), 'for signing code');
  verifySct(certificate, issuer, root, verifier.certificateTimestamp, report);
}

function verifySct(
  certificate: Certificate,
  issuer: Certificate,
  root: TrustRoot,
  demand: 'required' | 'not-required',
  report: Report,
): void {
  if (demand === 'required') {
    report.run(
      'certificate-timestamp',
      () => verifyCertificateTimestamp(certificate, issuer, root),
      (host) => `SCT of ${host}`,
    );
    return;
  }
  try {
    report.add('certificate-timestamp', 'passed', `SCT of ${verifyCertificateTimestamp(certificate, issuer, root)}`);
  } catch (thrown) {
    // Where none is demanded its absence is fine; one by a known log that does not verify is not.
    if (!(thrown instanceof SignatureError) || thrown.code !== 'no-certificate-timestamp') throw thrown;
    report.add('certificate-timestamp', 'skipped', `not demanded: ${thrown.message}`);
  }
}
