import type { KeyObject } from 'node:crypto';
import { parseBundle } from './bundle.ts';
import type { SigstoreCandidate } from './candidate.ts';
import type { Certificate } from './certificate.ts';
import { readClaims, readIssuer, readSubjectNames } from './claims.ts';
import { parseCosignLayer } from './cosign-layer.ts';
import { SignatureError } from './errors.ts';
import { verifyWithKey } from './keys.ts';
import type { Expected } from './log-entry/binding.ts';
import type { Material } from './material.ts';
import type { SignatureOutcome, SignerFacts } from './outcome.ts';
import { Report } from './report.ts';
import { type Artifact, describeContent, describeExpected, readContent } from './signed-content.ts';
import type { Verifier } from './verifier.ts';
import { verifyCertificate } from './verify-certificate.ts';
import { verifyLogEntries } from './verify-log-entries.ts';
import { verifyStamps } from './verify-stamps.ts';

/**
 * Verifies one candidate with one verifier. Reads top to bottom as the protocol does (sigstore/architecture-docs, client-spec.md): take apart, log, trusted times,
 * certificate, signature, content. Never throws for what a candidate holds. `artifact` is needed for a bundle over an artifact and, where given, an
 * envelope's statement must name it. That the statement is about the image in question is the caller's to check (`core/trust`).
 */
export function verifySignature(
  candidate: SigstoreCandidate,
  verifier: Verifier,
  options: { readonly artifact?: Artifact } = {},
): SignatureOutcome {
  const report = new Report();
  try {
    const material = report.run(
      'format',
      () => takeApart(candidate),
      ({ signed }) => `a ${candidate.format} over ${signed.kind}`,
    );
    const key = report.run('format', () => signingKey(material, verifier), describeKey(material));
    const expected = describeExpected(material, key, options.artifact);
    const logTimes = verifyLogEntries(material, verifier, expected, report);
    const stampTimes = verifyStamps(material, verifier, report);
    const signedAt = [...logTimes, ...stampTimes];
    if (material.certificate !== undefined && verifier.kind === 'certificate') {
      verifyCertificate(material.certificate, signedAt, verifier, report);
    }
    report.run(
      'signature',
      () => verifySigned(material, key, expected, options.artifact),
      () => 'the signature verifies',
    );
    const content = report.run('statement', () => readContent(material, expected, options.artifact), describeContent);
    const signer = report.run('certificate-usage', () => readSigner(material.certificate), describeSigner);
    return { ok: true, signer, content, signedAt, checks: report.checks };
  } catch (thrown) {
    if (!(thrown instanceof SignatureError)) throw thrown;
    return { ok: false, code: thrown.code, message: thrown.message, checks: report.checks };
  }
}

function takeApart(candidate: SigstoreCandidate): Material {
  switch (candidate.format) {
    case 'bundle':
      return parseBundle(candidate.bytes);
    case 'simple-signing':
    case 'dsse':
      return parseCosignLayer(candidate);
  }
}

function signingKey(material: Material, verifier: Verifier): KeyObject {
  if (verifier.kind === 'key') {
    // cosign attaches a certificate to key signatures only when told to; whoever trusts a key trusts no certificate.
    if (material.certificate !== undefined)
      throw new SignatureError('wrong-material', 'signed with a certificate, and a key is trusted');
    return verifier.key;
  }
  if (material.certificate === undefined)
    throw new SignatureError('wrong-material', 'signed with a bare key, and a certificate is demanded');
  return material.certificate.key;
}

function describeKey(material: Material): string {
  return material.certificate === undefined ? 'signed with a bare key' : 'signed with a certificate';
}

function verifySigned(
  { signature }: Material,
  key: KeyObject,
  { signedBytes, sha256 }: Expected,
  artifact: Artifact | undefined,
): void {
  const verified =
    signedBytes !== undefined
      ? verifyWithKey(key, signedBytes, signature)
      : artifact !== undefined && 'sha256' in artifact && artifact.verifyDigest(key, sha256, signature);
  if (!verified) throw new SignatureError('bad-signature', 'the signature does not verify under the signing key');
}

function readSigner(certificate: Certificate | undefined): SignerFacts {
  if (certificate === undefined) return { kind: 'key' };
  const claims = readClaims(certificate);
  return { kind: 'certificate', names: readSubjectNames(certificate), issuer: readIssuer(certificate, claims), claims };
}

function describeSigner(signer: SignerFacts): string {
  return signer.kind === 'certificate'
    ? `names and claims are legible: ${signer.names.length} names`
    : 'a key has no names';
}
