import { decodeBase64 } from './base64.ts';
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
  if (split < 0 || !envelope.endsWith('\n')) throw new SignatureError('malformed', 'a checkpoint without signatures');
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
    .slice(0, -1);
  if (lines.length > MOST_SIGNATURES)
    throw new SignatureError('too-large', 'a checkpoint with more than 64 signatures');
  const signatures = lines.map((line) => readSignatureLine(line));
  if (!signatures.some((line) => isSignedBy(line, note, log))) {
    throw new SignatureError('bad-inclusion-proof', 'the checkpoint is not signed by the log');
  }
  return { size: BigInt(size), rootHash: Buffer.from(root, 'base64') };
}

/** `— <name> <base64(4 byte key hint, signature)>` (C2SP signed-note). */
function readSignatureLine(line: string): { readonly name: string; readonly blob: Buffer } {
  const [, name, base64] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  if (name === undefined || base64 === undefined)
    throw new SignatureError('malformed', 'a line below the checkpoint is no signature');
  return { name, blob: decodeBase64(base64, 'signature of a checkpoint') };
}

/** Rekor's hint is the first four bytes of the log id. */
function isSignedBy({ name, blob }: { readonly name: string; readonly blob: Buffer }, note: string, log: Log): boolean {
  return (
    name === log.host &&
    blob.subarray(0, 4).equals(log.id.subarray(0, 4)) &&
    verifyWithKey(log.key, Buffer.from(note), blob.subarray(4))
  );
}
