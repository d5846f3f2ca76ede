import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const kms = mockClient(KMSClient);
beforeEach(() => kms.reset());

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const createKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const key = createKey();
const der = key.export({ type: 'spki', format: 'der' });
const pem = key.export({ type: 'spki', format: 'pem' }).toString();

function prepare(): string {
  return makeFolder({
    'trust-policy.yaml': `version: 1
signers:
  release: { key: { file: release.pub, kms: '${ARN}' }, transparencyLog: not-required }
  other: { key: { file: other.pub }, transparencyLog: not-required }
images: [{ name: all, repositories: ['**'], require: { signedBy: release } }]
otherRepositories: ignore
`,
  });
}

const pin = (folder: string, ...more: readonly string[]) =>
  runCli(['trust', 'pin', ...more, '--policy', `${folder}/trust-policy.yaml`]);

test('writes the public half of a KMS key, and tells its fingerprint', async () => {
  kms.on(GetPublicKeyCommand, { KeyId: ARN }).resolves({ PublicKey: der, KeyUsage: 'SIGN_VERIFY' });
  const folder = prepare();

  const first = await pin(folder);
  const again = await pin(folder, 'release');

  expect(first).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^release: pinned sha256:[0-9a-f]{64} in /),
    err: '',
  });
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^release: unchanged /) });
  expect(readFileSync(`${folder}/release.pub`, 'utf8')).toBe(pem);
});

test('leaves another key alone, unless it is told to replace it', async () => {
  kms.on(GetPublicKeyCommand).resolves({ PublicKey: der, KeyUsage: 'SIGN_VERIFY' });
  const folder = prepare();
  const other = createKey().export({ type: 'spki', format: 'pem' }).toString();
  writeFileSync(`${folder}/release.pub`, other);

  expect(await pin(folder)).toMatchObject({ code: 1, out: expect.stringMatching(/^release: OTHER KEY: /) });
  expect(readFileSync(`${folder}/release.pub`, 'utf8')).toBe(other);
  expect(await pin(folder, '--replace')).toMatchObject({ code: 0, out: expect.stringMatching(/^release: replaced /) });
  expect(readFileSync(`${folder}/release.pub`, 'utf8')).toBe(pem);
});

test.each([
  ['KMS refuses', () => kms.on(GetPublicKeyCommand).rejects(new Error('AccessDenied'))],
  ['KMS has no key there', () => kms.on(GetPublicKeyCommand).resolves({})],
  ['the key encrypts', () => kms.on(GetPublicKeyCommand).resolves({ PublicKey: der, KeyUsage: 'ENCRYPT_DECRYPT' })],
  [
    'the key is garbage',
    () => kms.on(GetPublicKeyCommand).resolves({ PublicKey: Buffer.from('x'), KeyUsage: 'SIGN_VERIFY' }),
  ],
])('%s: 3, and nothing is written', async (_, answer) => {
  answer();
  const folder = prepare();

  expect(await pin(folder)).toMatchObject({ code: 3, out: '' });
  expect(() => readFileSync(`${folder}/release.pub`)).toThrow('ENOENT');
});

test('a signer without a KMS key, an unknown one, a policy that is not there', async () => {
  const folder = prepare();

  expect((await pin(folder, 'other')).code).toBe(2);
  expect(await pin(folder, 'relase')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean release?') });
  expect((await runCli(['trust', 'pin', '--policy', `${folder}/nothing.yaml`])).code).toBe(2);
  expect(kms.calls()).toHaveLength(0);
});
