import { expect, test, vi } from 'vitest';
import {
  type Artifact,
  buildImage,
  buildIndex,
  buildSignatureManifest,
  legacyTag,
} from '../../local/sigstore/images.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { startRegistry } from '../support/loopback-registry.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const sigstore = createPrivateSigstore({ now: () => Date.UTC(2026, 10, 23, 12) });
const [key, otherKey] = [createSigningKey(), createSigningKey()];
const [image, stranger] = [buildImage('an image'), buildImage('another image')];
const index = buildIndex([{ image, architecture: 'arm64' }]);

const signed = (artifact: Artifact, by = key) =>
  buildSignatureManifest([sigstore.signLegacy(artifact.digest, 'registry.example/acme/app', by)]);

interface Setting {
  /** Who signed the index; nobody where absent. */
  readonly indexBy?: typeof key;
  readonly subject?: Artifact;
  readonly platformImages?: 'covered' | 'signed';
  readonly flags?: (host: string) => readonly string[];
}

async function verify({ indexBy, subject = image, platformImages, flags = () => ['--index', '1.4'] }: Setting) {
  const signature = indexBy === undefined ? undefined : signed(index, indexBy);
  await using registry = await startRegistry({
    repository: 'acme/app',
    artifacts: [image, stranger, index, ...(signature === undefined ? [] : [signature])],
    tags: { '1.4': index.digest, ...(signature && { [legacyTag(index.digest, 'sig')]: signature.digest }) },
    referrers: [],
  });
  const policy = `version: 1
signers: { release: { key: { file: key.pub }, transparencyLog: not-required } }
images: [{ name: all, repositories: ['**'], require: { signedBy: release }, platformImages: ${platformImages} }]
otherRepositories: refuse
`;
  const folder = makeFolder({ 'key.pub': key.publicKeyPem, 'policy.yaml': policy });
  const trust =
    platformImages === undefined
      ? ['--key', `${folder}/key.pub`, '--insecure-ignore-tlog']
      : ['--policy', `${folder}/policy.yaml`];
  const { code, out } = await runCli(
    ['verify', `${registry.host}/acme/app@${subject.digest}`, ...trust, ...flags(registry.host), '--json'],
    { environment: { HOME: makeFolder() } },
  );
  const { verdict, reasons, evidence } = JSON.parse(out);
  return { code, verdict, codes: reasons.map((reason: { code: string }) => reason.code), evidence };
}

test('an image that a verified index lists is verified by it, and the evidence says so', async () => {
  for (const name of ['1.4', index.digest]) {
    const seen = await verify({ indexBy: key, flags: () => ['--index', name] });

    expect(seen).toMatchObject({
      code: 0,
      verdict: 'verified',
      codes: ['covered-by-index'],
      evidence: [
        { policyLine: 'images[0].platformImages', outcome: 'satisfied', requirement: 'listed by a verified index' },
        { policyLine: 'images[0].require', outcome: 'missing' },
      ],
    });
  }
});

test.each<[string, Setting, number, string, string | undefined]>([
  ['without --index its own signatures count alone', { indexBy: key, flags: () => [] }, 1, 'unsigned', 'no-candidate'],
  ['an index that nobody signed covers nothing', {}, 1, 'unsigned', 'index-not-verified'],
  ['an index that somebody else signed covers nothing', { indexBy: otherKey }, 1, 'unsigned', 'index-not-verified'],
  ['an index covers what it lists alone', { indexBy: key, subject: stranger }, 1, 'unsigned', 'not-in-index'],
  [
    'an image is no index',
    { indexBy: key, subject: image, flags: () => ['--index', image.digest] },
    1,
    'unsigned',
    'not-in-index',
  ],
  [
    'an index that is not there covers nothing',
    { indexBy: key, flags: () => ['--index', `sha256:${'0'.repeat(64)}`] },
    1,
    'unsigned',
    'index-gone',
  ],
  [
    'nor does a tag that is not there',
    { indexBy: key, flags: () => ['--index', 'nope'] },
    1,
    'unsigned',
    'index-unreadable',
  ],
  ['a policy may cover', { indexBy: key, platformImages: 'covered' }, 0, 'verified', 'covered-by-index'],
  ['or want signatures of every image', { indexBy: key, platformImages: 'signed' }, 1, 'unsigned', 'no-candidate'],
])('%s', async (_, setting, code, verdict, reason) => {
  const seen = await verify(setting);

  expect({ code: seen.code, verdict: seen.verdict }).toEqual({ code, verdict });
  expect(seen.codes).toContain(reason);
});

test('of several keys one has to have signed', async () => {
  const signature = signed(image, otherKey);
  await using registry = await startRegistry({
    repository: 'acme/app',
    artifacts: [image, signature],
    tags: { v1: image.digest, [legacyTag(image.digest, 'sig')]: signature.digest },
    referrers: [],
  });
  const folder = makeFolder({
    'old.pub': createSigningKey().publicKeyPem,
    'key.pub': key.publicKeyPem,
    'other.pub': otherKey.publicKeyPem,
  });
  const verifyBy = async (...keys: readonly string[]) => {
    const flags = keys.flatMap((file) => ['--key', `${folder}/${file}`]);
    return (
      await runCli(['verify', `${registry.host}/acme/app:v1`, ...flags, '--insecure-ignore-tlog', '--json'], {
        environment: { HOME: makeFolder() },
      })
    ).code;
  };

  expect(await verifyBy('key.pub', 'other.pub')).toBe(0);
  expect(await verifyBy('other.pub')).toBe(0);
  expect(await verifyBy('key.pub', 'old.pub')).toBe(1);
  expect(await verifyBy('key.pub', 'not-there.pub')).toBe(2);
});
