import type { Certificate } from '../certificate.ts';
import { verifyCountersignature } from './countersignature.ts';
import { NotationError } from './errors.ts';
import type { IntactSignature } from './integrity.ts';
import { checkRevocation, type RevocationPorts } from './revocation/check.ts';
import { CLOCK_TOLERANCE } from './revocation/status.ts';
import type { VerifyStatement } from './trust-policy.ts';
import { anchorsOf, type TrustStores } from './trust-store.ts';

/** When a signature was made, as far as that is proven. Unix milliseconds. */
export type SignedTime =
  /** `holdsUntil`: the end of what is known of the revocation of the authority's certificates; infinite where nobody has to be asked. */
  | { readonly kind: 'stamped'; readonly latest: number; readonly holdsUntil: number }
  | { readonly kind: 'by-authority'; readonly latest: number }
  /** Nothing proves it, and all certificates are valid now; `until` is when the first of them ends. */
  | { readonly kind: 'now'; readonly until: number };

export interface TimeContext {
  readonly now: number;
  readonly statement: VerifyStatement;
  readonly stores: TrustStores;
  readonly revocation: RevocationPorts | undefined;
}

/**
 * Validates the authentic timestamp (trust-store-trust-policy.md, Validate Trusted Timestamp): the certificates must have been valid when it was signed, by a time stamp,
 * by the word of the signing authority, or else now. Throws `no-timestamp`, `bad-timestamp`, `certificate-not-valid`, `revoked` or `revocation-unknown`.
 */
export async function verifySignedTime(signature: IntactSignature, context: TimeContext): Promise<SignedTime> {
  const { envelope, chain } = signature;
  const { now, statement } = context;
  if (envelope.attributes.scheme === 'notary.x509.signingAuthority') {
    const latest = envelope.attributes.signingTime;
    if (latest > now + CLOCK_TOLERANCE) throw new NotationError('bad-timestamp', 'it was signed in the future');
    expectValidWithin(chain, latest, latest);
    return { kind: 'by-authority', latest };
  }
  const expired = chain.some(({ notAfter }) => now > notAfter);
  const stampCounts =
    statement.stores.some(({ type }) => type === 'tsa') && (statement.verifyTimestamp === 'always' || expired);
  if (stampCounts) return verifyStamp(signature, context);
  expectValidWithin(chain, now, now);
  return { kind: 'now', until: Math.min(...chain.map(({ notAfter }) => notAfter)) };
}

async function verifyStamp({ envelope, chain }: IntactSignature, context: TimeContext): Promise<SignedTime> {
  const { timestamp, signature, attributes } = envelope;
  if (timestamp === undefined)
    throw new NotationError('no-timestamp', 'no time stamp is attached, and one is demanded');
  const anchors = anchorsOf(context.stores, context.statement.stores, 'tsa');
  const stamp = verifyCountersignature(timestamp, signature, anchors);
  if (stamp.earliest > context.now + CLOCK_TOLERANCE)
    throw new NotationError('bad-timestamp', 'it was stamped in the future');
  if (stamp.latest < attributes.signingTime) {
    throw new NotationError('bad-timestamp', 'it was stamped before the time at which it says it was signed');
  }
  expectValidWithin(chain, stamp.earliest, stamp.latest);
  if (context.statement.enforcement.revocation === 'skip') {
    return { kind: 'stamped', latest: stamp.latest, holdsUntil: Number.POSITIVE_INFINITY };
  }
  const status = await checkRevocation(stamp.chain, context.revocation, { now: context.now, signedAt: undefined });
  if (status.kind !== 'ok') {
    const code = status.kind === 'revoked' ? 'revoked' : 'revocation-unknown';
    throw new NotationError(code, `the time stamping authority: ${status.reason}`);
  }
  return { kind: 'stamped', latest: stamp.latest, holdsUntil: status.holdsUntil };
}

function expectValidWithin(chain: readonly Certificate[], earliest: number, latest: number): void {
  for (const [index, { notBefore, notAfter }] of chain.entries()) {
    if (earliest < notBefore || latest > notAfter) {
      throw new NotationError(
        'certificate-not-valid',
        `certificate ${index + 1} of ${chain.length} was not valid at ${new Date(latest).toISOString()}`,
      );
    }
  }
}

export function describeTime(time: SignedTime): string {
  switch (time.kind) {
    case 'stamped':
      return `time stamped at ${new Date(time.latest).toISOString()} at the latest`;
    case 'by-authority':
      return `signed at ${new Date(time.latest).toISOString()} by the word of the signing authority`;
    case 'now':
      return 'the certificates are valid now';
  }
}
