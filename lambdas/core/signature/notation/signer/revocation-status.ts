import { createHash } from 'node:crypto';
import { messageOf } from '../../../errors.ts';
import type { Certificate } from '../../certificate.ts';
import { LONGEST_HOLD, type RevocationStatus } from '../revocation/status.ts';
import type { SignerSigning } from './signing.ts';

/** A call of AWS Signer's GetRevocationStatus (Signer API reference) in the partition and region of the signature itself. */
export interface SignerRevocationRequest {
  readonly partition: string;
  readonly region: string;
  readonly signatureTimestamp: Date;
  readonly platformId: 'Notation-OCI-SHA384-ECDSA';
  readonly profileVersionArn: string;
  readonly jobArn: string;
  readonly certificateHashes: readonly string[];
}

/** What the port answers. `unavailable` is for everything that is no answer: no rights, throttling, time outs; `reason` says which. */
export type SignerRevocationAnswer =
  | { readonly kind: 'answered'; readonly revokedEntities: readonly string[] }
  | { readonly kind: 'unavailable'; readonly reason: string };

export type GetRevocationStatus = (request: SignerRevocationRequest) => Promise<SignerRevocationAnswer>;

/** An answer may be used again for an hour, an unavailable one never. */
const REUSABLE_FOR = 3_600_000;

export function buildRevocationRequest(
  signing: SignerSigning,
  signedAt: number,
  chain: readonly Certificate[],
): SignerRevocationRequest {
  const { partition, region, text } = signing.profileVersion;
  return {
    partition,
    region,
    signatureTimestamp: new Date(signedAt),
    platformId: 'Notation-OCI-SHA384-ECDSA',
    profileVersionArn: text,
    jobArn: signing.job.text,
    certificateHashes: hashCertificates(chain),
  };
}

/** Of each certificate the SHA-384 of its signed part in hex, followed by that of its issuer's; a root is its own issuer. */
function hashCertificates(chain: readonly Certificate[]): readonly string[] {
  const hashes = chain.map(({ tbs }) => createHash('sha384').update(tbs).digest('hex'));
  return hashes.map((hash, index) => hash + (hashes[index + 1] ?? hash));
}

/** Asks AWS Signer whether the profile, the job or a certificate was revoked. A port that throws gives `unknown`. */
export async function askSigner(
  request: SignerRevocationRequest,
  ask: GetRevocationStatus,
  now: number,
): Promise<RevocationStatus> {
  let answer: SignerRevocationAnswer;
  try {
    answer = await ask(request);
  } catch (thrown) {
    answer = { kind: 'unavailable', reason: messageOf(thrown) };
  }
  if (answer.kind === 'unavailable') {
    return {
      kind: 'unknown',
      reason: `AWS Signer in ${request.region} gave no answer: ${answer.reason.slice(0, 200)}`,
    };
  }
  const revoked = answer.revokedEntities;
  return revoked.length === 0
    ? {
        kind: 'ok',
        reason: `AWS Signer in ${request.region} knows of no revocation`,
        reusableUntil: now + REUSABLE_FOR,
        holdsUntil: now + LONGEST_HOLD,
      }
    : { kind: 'revoked', reason: `AWS Signer: revoked ${revoked.slice(0, 3).join(', ').slice(0, 200)}` };
}
