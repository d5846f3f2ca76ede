import { createHash, type KeyObject } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { parseBundle } from './bundle.ts';
import type { SigstoreCandidate } from './candidate.ts';
import type { Certificate } from './certificate.ts';
import { checkCodeSigningUsage, findIssuer } from './certificate-chain.ts';
import { readClaims, readIssuer, readSubjectNames } from './claims.ts';
import { parseCosignLayer } from './cosign-layer.ts';
import { SignatureError, type SignatureErrorCode } from './errors.ts';
import { verifyDigestWithKey, verifyWithKey } from './keys.ts';
import type { Expected } from './log-entry/binding.ts';
import { expectEntryAbout } from './log-entry/index.ts';
import type { Material } from './material.ts';
import type { Check, CheckName, SignatureOutcome, SignedContent, SignerFacts } from './outcome.ts';
import { verifyCertificateTimestamp } from './sct.ts';
import { readSimpleSigning } from './simple-signing.ts';
import { readStatement } from './statement.ts';
import { verifyTimestamp } from './timestamp.ts';
import { verifyEntry } from './transparency-log.ts';
import { isWithin, type TrustRoot } from './trust-root.ts';
import type { Verifier } from './verifier.ts';

/** The artifact that a bundle from a file is said to be about: its bytes, or their sha256 alone. */
export type Artifact = { readonly bytes: Uint8Array } | { readonly sha256: Buffer };

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
    const logTimes = verifyLog(material, verifier, expected, report);
    const stampTimes = verifyStamps(material, verifier, report);
    const signedAt = [...logTimes, ...stampTimes];
    if (material.certificate !== undefined && verifier.kind === 'certificate') {
      verifyCertificate(material.certificate, signedAt, verifier, report);
    }
    report.run(
      'signature',
      () => verifySigned(material, key, expected),
      () => 'the signature verifies',
    );
    const content = report.run('statement', () => readContent(material, expected, options.artifact), describeContent);
    return { ok: true, signer: readSigner(material.certificate), content, signedAt, checks: report.checks };
  } catch (thrown) {
    if (!(thrown instanceof SignatureError)) throw thrown;
    return { ok: false, code: thrown.code, message: thrown.message, checks: report.checks };
  }
}

/** Keeps the checks in order; a step that throws becomes the failed check that ends them. */
class Report {
  readonly checks: Check[] = [];

  run<T>(check: CheckName, step: () => T, describe: ((result: T) => string) | string): T {
    try {
      const result = step();
      this.add(check, 'passed', typeof describe === 'string' ? describe : describe(result));
      return result;
    } catch (thrown) {
      this.add(check, 'failed', messageOf(thrown));
      throw thrown;
    }
  }

  add(check: CheckName, result: Check['result'], detail: string): void {
    this.checks.push({ check, result, detail: detail.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, 300) });
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

function describeExpected(material: Material, key: KeyObject, artifact: Artifact | undefined): Expected {
  const { signed, signature, certificate } = material;
  const base = { signature, signed, certificate, key };
  const bytes = bytesOf(material, artifact);
  if (bytes !== undefined) return { ...base, signedBytes: bytes, sha256: sha256(bytes) };
  if (artifact !== undefined && 'sha256' in artifact)
    return { ...base, signedBytes: undefined, sha256: artifact.sha256 };
  throw new SignatureError('unsupported', 'a signature over an artifact says nothing about an image');
}

function bytesOf({ signed }: Material, artifact: Artifact | undefined): Uint8Array | undefined {
  switch (signed.kind) {
    case 'envelope':
      return signed.envelope.encoded;
    case 'simple-signing':
      return signed.payload;
    case 'artifact':
      return artifact !== undefined && 'bytes' in artifact ? artifact.bytes : undefined;
  }
}

/** The times that logs vouch for. Entries of unknown logs give nothing where no log is demanded and are refused where one is. */
function verifyLog(material: Material, verifier: Verifier, expected: Expected, report: Report): readonly number[] {
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
  if (new Set(entries.map(({ logId, logIndex }) => `${logId}:${logIndex}`)).size < entries.length) {
    throw new SignatureError('bad-log-entry', 'the same log entry is attached twice');
  }
  return entries.flatMap((entry) => {
    report.run(
      'transparency-log-entry',
      () => expectEntryAbout(entry.body, expected),
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

function verifyStamps(material: Material, { root }: Verifier, report: Report): readonly number[] {
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

function verifyCertificate(
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

function verifySigned({ signature }: Material, key: KeyObject, { signedBytes, sha256: digest }: Expected): void {
  const verified =
    signedBytes === undefined
      ? verifyDigestWithKey(key, digest, signature)
      : verifyWithKey(key, signedBytes, signature);
  if (!verified) throw new SignatureError('bad-signature', 'the signature does not verify under the signing key');
}

function readContent({ signed }: Material, expected: Expected, artifact: Artifact | undefined): SignedContent {
  switch (signed.kind) {
    case 'envelope': {
      const statement = readStatement(signed.envelope);
      if (artifact !== undefined) expectSubject(statement, artifact);
      return statement;
    }
    case 'simple-signing':
      return readSimpleSigning(signed.payload);
    case 'artifact':
      if (signed.claimed !== undefined && !signed.claimed.equals(expected.sha256)) {
        throw new SignatureError('content-mismatch', 'the bundle names another digest than that of the artifact');
      }
      return { kind: 'message', digest: { algorithm: 'sha256', value: expected.sha256.toString('hex') } };
  }
}

function expectSubject({ subjects }: Extract<SignedContent, { kind: 'statement' }>, artifact: Artifact): void {
  const digests =
    'bytes' in artifact
      ? ['sha256', 'sha512'].map(
          (algorithm) => `${algorithm}:${createHash(algorithm).update(artifact.bytes).digest('hex')}`,
        )
      : [`sha256:${artifact.sha256.toString('hex')}`];
  if (!subjects.some(({ algorithm, value }) => digests.includes(`${algorithm}:${value}`))) {
    throw new SignatureError('content-mismatch', 'the statement is not about the artifact');
  }
}

function describeContent(content: SignedContent): string {
  switch (content.kind) {
    case 'statement':
      return `a statement of type ${content.predicateType}`;
    case 'simple-signing':
      return `a payload of type ${content.type}`;
    case 'message':
      return `the artifact ${content.digest.value}`;
    case 'descriptor':
      return `the manifest ${content.digest}`;
  }
}

function readSigner(certificate: Certificate | undefined): SignerFacts {
  if (certificate === undefined) return { kind: 'key' };
  const claims = readClaims(certificate);
  return { kind: 'certificate', names: readSubjectNames(certificate), issuer: readIssuer(certificate, claims), claims };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

export type { SignatureErrorCode };
