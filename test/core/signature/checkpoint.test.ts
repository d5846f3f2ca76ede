import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyCheckpoint } from '../../../lambdas/core/signature/checkpoint.ts';
import type { Log } from '../../../lambdas/core/signature/trust-root.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const id = createHash('sha256').update('the log').digest();
const log: Log = { host: 'log.test', key: publicKey, id, validity: { start: 0, end: Number.POSITIVE_INFINITY } };
const root = Buffer.alloc(32, 7);
const NOTE = `log.test\n9\n${root.toString('base64')}\n`;

function line(note: string, { name = 'log.test', hint = id.subarray(0, 4), key = privateKey } = {}): string {
  return `\u2014 ${name} ${Buffer.concat([hint, sign(null, Buffer.from(note), key)]).toString('base64')}\n`;
}

const judge = (envelope: string) => {
  try {
    return verifyCheckpoint(envelope, log);
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? thrown.code : thrown;
  }
};

describe('verifyCheckpoint', () => {
  it('reads size and root hash of one that the log signed, among lines of witnesses', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const witness = line(NOTE, { name: 'witness.test', key: stranger });

    expect(judge(`${NOTE}\n${witness}${line(NOTE)}`)).toEqual({ size: 9n, rootHash: root });
  });

  it('takes the tree id behind the name of a Rekor v1 log, and nothing else', () => {
    const note = NOTE.replace('log.test', 'log.test - 4711');
    const other = NOTE.replace('log.test', 'log.test.evil');

    expect(judge(`${note}\n${line(note)}`)).toMatchObject({ size: 9n });
    expect(judge(`${other}\n${line(other)}`)).toBe('bad-inclusion-proof');
  });

  const stranger = generateKeyPairSync('ed25519').privateKey;
  it.each([
    ['by another key under the name of the log', `${NOTE}\n${line(NOTE, { key: stranger })}`, 'bad-inclusion-proof'],
    ['under another name', `${NOTE}\n${line(NOTE, { name: 'other.test' })}`, 'bad-inclusion-proof'],
    ['with the hint of another key', `${NOTE}\n${line(NOTE, { hint: Buffer.alloc(4) })}`, 'bad-inclusion-proof'],
    ['of another note', `${NOTE}\n${line(NOTE.replace('9', '8'))}`, 'bad-inclusion-proof'],
    ['by nobody', `${NOTE}\n`, 'bad-inclusion-proof'],
    ['without an empty line', `${NOTE}${line(NOTE)}`, 'malformed'],
    ['without its last line feed', `${NOTE}\n${line(NOTE)}`.slice(0, -1), 'malformed'],
    ['with something else below', `${NOTE}\n${line(NOTE)}hello\n`, 'malformed'],
    ['with an empty line below', `${NOTE}\n${line(NOTE)}\n`, 'malformed'],
    ['with 65 signatures', `${NOTE}\n${line(NOTE).repeat(65)}`, 'too-large'],
    ['of 17 KiB', `${NOTE}${'x'.repeat(17 * 1024)}\n\n${line(NOTE)}`, 'too-large'],
  ])('refuses one %s', (_, envelope, code) => {
    expect(judge(envelope)).toBe(code);
  });

  it.each([
    ['no size', 'log.test\n\n'],
    ['a size in hex', `log.test\n0x9\n${root.toString('base64')}\n`],
    ['a size with a zero before', `log.test\n09\n${root.toString('base64')}\n`],
    ['a root hash of 31 octets', `log.test\n9\n${root.subarray(1).toString('base64')}\n`],
    ['no root hash', 'log.test\n9\n'],
  ])('refuses one with %s, rightly signed as it is', (_, note) => {
    expect(judge(`${note}\n${line(note)}`)).toBe('malformed');
  });
});
