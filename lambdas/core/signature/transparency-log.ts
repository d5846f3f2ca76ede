import { verifyCheckpoint } from './checkpoint.ts';
import { SignatureError } from './errors.ts';
import { verifyWithKey } from './keys.ts';
import type { AttachedEntry } from './material.ts';
import { hashLeaf, rootFromInclusion } from './merkle.ts';
import { isWithin, type Log, type TrustRoot } from './trust-root.ts';

/** What a verified entry says. */
export interface VerifiedEntry {
  readonly log: Log;
  /** Time the log vouches for with its signed entry timestamp, Unix milliseconds. Rekor v2 vouches for none. */
  readonly integratedAt: number | undefined;
}

/**
 * Verifies that a log of the root holds an entry: by its inclusion proof under a signed checkpoint (RFC 6962), by its signed entry timestamp, or by both.
 * What is attached must verify, whether demanded or not. Throws `untrusted-log`, `bad-inclusion-proof` or `bad-log-entry`.
 */
export function verifyEntry(entry: AttachedEntry, root: TrustRoot, proofRequired: boolean): VerifiedEntry {
  const log = root.logs.get(entry.logId);
  if (log === undefined)
    throw new SignatureError('untrusted-log', 'the entry is of a log that the trusted root does not know');
  const proven = verifyInclusion(entry, log, proofRequired);
  const integratedAt = verifyPromise(entry, log);
  if (!proven && integratedAt === undefined) {
    throw new SignatureError(
      'bad-log-entry',
      'the entry has neither a proof of inclusion nor a signed entry timestamp',
    );
  }
  return { log, integratedAt };
}

function verifyInclusion({ proof, body }: AttachedEntry, log: Log, required: boolean): boolean {
  if (proof?.checkpoint === undefined && required)
    throw new SignatureError('bad-inclusion-proof', 'the entry lacks a proof of inclusion with a checkpoint');
  if (proof === undefined) return false;
  const root = rootFromInclusion(hashLeaf(body), proof.index, proof.size, proof.hashes);
  if (root === undefined || !root.equals(proof.rootHash)) {
    throw new SignatureError('bad-inclusion-proof', 'the proof does not lead from the entry to its root hash');
  }
  // Without a signed checkpoint the root hash is anybody's: the proof says nothing, and must not be wrong all the same.
  if (proof.checkpoint === undefined) return false;
  const checkpoint = verifyCheckpoint(proof.checkpoint, log);
  if (proof.size !== checkpoint.size || !root.equals(checkpoint.rootHash)) {
    throw new SignatureError('bad-inclusion-proof', 'the checkpoint is of another tree');
  }
  return true;
}

/** The signed entry timestamp of Rekor v1: a signature over the canonical JSON (RFC 8785) of body, time, log id and index. */
function verifyPromise(entry: AttachedEntry, log: Log): number | undefined {
  if (entry.promise === undefined) return undefined;
  const signed =
    `{"body":"${entry.body.toString('base64')}","integratedTime":${entry.integratedTime},` +
    `"logID":"${Buffer.from(entry.logId, 'base64').toString('hex')}","logIndex":${entry.logIndex}}`;
  if (!verifyWithKey(log.key, Buffer.from(signed), entry.promise)) {
    throw new SignatureError('bad-log-entry', 'the signed entry timestamp does not verify');
  }
  const integratedAt = Number(entry.integratedTime) * 1000;
  if (!isWithin(integratedAt, log.validity)) {
    throw new SignatureError('bad-log-entry', 'the log was not trusted at the time of the entry');
  }
  return integratedAt;
}
