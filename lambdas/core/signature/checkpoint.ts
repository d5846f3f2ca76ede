import { SignatureError } from './errors.ts';
import { verifyWithKey } from './keys.ts';
import type { Log } from './trust-root.ts';

/** What a verified checkpoint says about the log. */
export interface Checkpoint {
  readonly size: bigint;
  readonly rootHash: Buffer;
}

const LARGEST = 16 * 1024;
const MOST_SIGNATURES = 64;

/**
 * Verifies a checkpoint (C2SP tlog-checkpoint over signed-note): origin line naming the log, size, root hash, and at least one signature by the log under its own
 * name with its key hint. Lines of witnesses and strangers are passed over. Throws `malformed` or `bad-inclusion-proof`.
 */
export function verifyCheckpoint(envelope: string, log: Log): Checkpoint {
  if (envelope.length > LARGEST) throw new SignatureError('too-large', 'a checkpoint larger than 16 KiB');
  const split = envelope.indexOf('\n\n');
  if (split < 0) throw new SignatureError('malformed', 'a checkpoint without signatures');
  const note = envelope.slice(0, split + 1);
  const [origin = '', size = '', root = ''] = note.split('\n');
  if (origin !== log.host && !origin.startsWith(`${log.host} - `)) {
    throw new SignatureError('bad-inclusion-proof', 'the checkpoint is not one of the log of the entry');
  }
  if (!/^(0|[1-9][0-9]{0,18})$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root)) {
    throw new SignatureError('malformed', 'a checkpoint without size or root hash');
  }
  const lines = envelope
    .slice(split + 2)
    .split('\n')
    .filter((line) => line !== '');
  if (lines.length > MOST_SIGNATURES)
    throw new SignatureError('too-large', 'a checkpoint with more than 64 signatures');
  if (!lines.some((line) => isSignedBy(line, note, log))) {
    throw new SignatureError('bad-inclusion-proof', 'the checkpoint is not signed by the log');
  }
  return { size: BigInt(size), rootHash: Buffer.from(root, 'base64') };
}

/** `— <name> <base64(4 byte key hint, signature)>`. Rekor's hint is the first four bytes of the log id. */
function isSignedBy(line: string, note: string, log: Log): boolean {
  const match = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
  if (match === null || match[1] !== log.host) return false;
  const blob = Buffer.from(match[2] ?? '', 'base64');
  return (
    blob.subarray(0, 4).equals(log.id.subarray(0, 4)) && verifyWithKey(log.key, Buffer.from(note), blob.subarray(4))
  );
}
