import { createHash } from 'node:crypto';
import { findAnchor, matchIdentity } from './authenticity.ts';
import type { NotationTrust } from './configuration.ts';
import { describeName, readSubjectName } from './distinguished-name.ts';
import { asNotationError, NotationError } from './errors.ts';
import { type IntactSignature, verifyIntegrity } from './integrity.ts';
import type { NotationOutcome, NotationSigner } from './outcome.ts';
import type { ArtifactDescriptor } from './payload.ts';
import { NotationReport } from './report.ts';
import { checkRevocation, type RevocationPorts } from './revocation/check.ts';
import { LONGEST_HOLD, type RevocationStatus } from './revocation/status.ts';
import { describeTime, type SignedTime, verifySignedTime } from './signed-time.ts';
import { askSigner, buildRevocationRequest, type GetRevocationStatus } from './signer/revocation-status.ts';
import { findStatement, type VerifyStatement } from './trust-policy.ts';
import type { TrustStores } from './trust-store.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** What a signature is verified against, and what is needed from outside. */
export interface NotationContext {
  /** The descriptor of the image's own manifest. */
  readonly artifact: ArtifactDescriptor;
  /** Annotations that must have been signed along. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly now: number;
  /** OCSP and CRL. Without it, certificates that name a responder or a CRL are of unknown status. */
  readonly revocation?: RevocationPorts;
  /** AWS Signer's GetRevocationStatus, called in the partition and region that the signature names. Without it the status is unknown. */
  readonly getRevocationStatus?: GetRevocationStatus;
}

/**
 * Verifies a Notary Project signature under the trust policy statement that applies to `repository` (registry and name, no tag). Never throws for what the envelope,
 * the certificates, a time stamp or a responder hold.
 */
export async function verifyNotationSignature(
  envelope: Uint8Array,
  mediaType: string,
  context: NotationContext & { readonly trust: NotationTrust; readonly repository: string },
): Promise<NotationOutcome> {
  try {
    const statement = findStatement(context.trust.policy, context.repository);
    if (statement.kind === 'skip') return { kind: 'not-verified', policy: statement.name, checks: [] };
    return await verifyUnderStatement(envelope, mediaType, { ...context, statement, stores: context.trust.stores });
  } catch (thrown) {
    const { code, message } = asNotationError(thrown, 'no-applicable-policy');
    return { kind: 'rejected', code, message, checks: [] };
  }
}

/** As `verifyNotationSignature`, with the statement given: for those who choose it by other means than a repository's name. */
export async function verifyUnderStatement(
  envelope: Uint8Array,
  mediaType: string,
  context: NotationContext & { readonly statement: VerifyStatement; readonly stores: TrustStores },
): Promise<Exclude<NotationOutcome, { kind: 'not-verified' }>> {
  const { artifact, metadata = {}, now, statement, stores, revocation } = context;
  const report = new NotationReport(statement.enforcement);
  try {
    const signature = await verifyIntegrity(envelope, mediaType, { artifact, metadata }, report);
    const anchored = await report.run(
      'trust-store',
      'authenticity',
      'untrusted-certificate',
      () => findAnchor(signature, statement, stores),
      (anchor) => `the chain leads to ${describeSubject(anchor.subject)}`,
    );
    const identified = await report.run(
      'identity',
      'authenticity',
      'untrusted-identity',
      () => matchIdentity(signature, statement),
      (identity) => `signed by ${identity}`,
    );
    const authentic = anchored.ok && identified.ok;
    const { expiry } = signature.envelope.attributes;
    await report.run('expiry', 'expiry', 'signature-expired', () => checkExpiry(expiry, now), describeExpiry(expiry));
    const time = await report.run(
      'signed-time',
      'authenticTimestamp',
      'bad-timestamp',
      () => verifySignedTime(signature, { now, statement, stores, revocation }),
      describeTime,
    );
    const signedAt = authentic && time.ok ? provenTime(time.value) : undefined;
    const status = await verifyRevocation(signature, anchored.ok, signedAt, context, report);
    const expiresAt = earliest(expiry, time.ok && time.value.kind === 'now' ? time.value.until : undefined);
    const unknown = report.checks.some(({ code }) => code === 'revocation-unknown');
    const ends = [
      expiresAt,
      time.ok && time.value.kind === 'stamped' ? time.value.holdsUntil : undefined,
      status?.kind === 'ok' ? status.holdsUntil : undefined,
      unknown ? now + LONGEST_HOLD : undefined,
    ];
    return {
      kind: 'accepted',
      policy: statement.name,
      authentic,
      signer: describeSigner(signature),
      artifact: signature.artifact,
      signedAt,
      expiresAt,
      // An expiry that is over was only logged: it changes nothing any more.
      holdsUntil: earliest(...ends.map((end) => (end !== undefined && end >= now && end < FOREVER ? end : undefined))),
      checks: report.checks,
    };
  } catch (thrown) {
    const { code, message } = asNotationError(thrown, 'malformed');
    const kind = code === 'revocation-unknown' ? 'undetermined' : 'rejected';
    return { kind, code, message, checks: report.checks };
  }
}

/** Nobody is asked about a chain that is not trusted: its certificates would choose whom we call. */
async function verifyRevocation(
  signature: IntactSignature,
  anchored: boolean,
  signedAt: number | undefined,
  context: NotationContext & { readonly statement: VerifyStatement },
  report: NotationReport,
): Promise<RevocationStatus | undefined> {
  if (context.statement.enforcement.revocation === 'skip') {
    report.skip('revocation', 'revocation', 'the policy says that it is not checked');
    return undefined;
  }
  const result = await report.run(
    'revocation',
    'revocation',
    'revocation-unknown',
    async () => {
      if (!anchored)
        throw new NotationError('untrusted-certificate', 'nobody is asked about a chain that is not trusted');
      const status = await askRevocation(signature, signedAt, context);
      if (status.kind !== 'ok') {
        throw new NotationError(status.kind === 'revoked' ? 'revoked' : 'revocation-unknown', status.reason);
      }
      return status;
    },
    ({ reason }) => reason,
  );
  return result.ok ? result.value : undefined;
}

function askRevocation(
  { chain, signing, envelope }: IntactSignature,
  signedAt: number | undefined,
  { now, revocation, getRevocationStatus }: NotationContext,
): Promise<RevocationStatus> {
  if (signing === undefined) return checkRevocation(chain, revocation, { now, signedAt });
  if (getRevocationStatus === undefined) {
    return Promise.resolve({ kind: 'unknown', reason: 'AWS Signer is not asked for revocations here' });
  }
  const request = buildRevocationRequest(signing, envelope.attributes.signingTime, chain);
  return askSigner(request, getRevocationStatus, now);
}

function checkExpiry(expiry: number | undefined, now: number): void {
  if (expiry !== undefined && now >= expiry) {
    throw new NotationError('signature-expired', `it expired at ${new Date(expiry).toISOString()}`);
  }
}

function describeExpiry(expiry: number | undefined): () => string {
  return () => (expiry === undefined ? 'it does not expire' : `it expires at ${new Date(expiry).toISOString()}`);
}

function provenTime(time: SignedTime): number | undefined {
  return time.kind === 'now' ? undefined : time.latest;
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function describeSigner({ chain, leaf, envelope, signing }: IntactSignature): NotationSigner {
  return {
    scheme: envelope.attributes.scheme,
    subject: describeSubject(leaf.subject),
    thumbprints: chain.map(({ der }) => createHash('sha256').update(der).digest('hex')),
    awsSigner:
      signing === undefined ? undefined : { profileVersionArn: signing.profileVersion.text, jobArn: signing.job.text },
  };
}

/** For people only: a subject that cannot be matched is still somebody's. */
function describeSubject(subject: Uint8Array): string {
  try {
    return describeName(readSubjectName(subject));
  } catch (thrown) {
    return `a subject that cannot be matched (${asNotationError(thrown, 'untrusted-identity').message})`;
  }
}
