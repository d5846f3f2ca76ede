import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { buildImage, buildSignatureManifest, legacyTag } from '../../local/sigstore/images.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { startRegistry } from '../support/loopback-registry.ts';
import { signedBy, writeNotationFolder } from '../support/notation-folder.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const sigstore = createPrivateSigstore({ now: () => Date.UTC(2026, 10, 23, 12) });
const [key, otherKey] = [createSigningKey(), createSigningKey()];
const image = buildImage('an image');
const bundleBy = (signer: typeof key) => JSON.stringify(sigstore.signImageBundle(image.digest, signer));
const DIGEST = image.digest;

const POLICY = `version: 1
signers: { release: { key: { file: key.pub }, transparencyLog: not-required } }
images: [{ name: production, repositories: ['production/*'], require: { signedBy: release } }]
otherRepositories: ignore
`;

function prepare(cases: string, more: Readonly<Record<string, string>> = {}) {
  const folder = makeFolder({
    'policy.yaml': POLICY,
    'key.pub': key.publicKeyPem,
    'good.json': bundleBy(key),
    'bad.json': bundleBy(otherKey),
    'cases.yaml': `version: 1\npolicy: policy.yaml\ncases:\n${cases}`,
    ...more,
  });
  return { folder, file: `${folder}/cases.yaml` };
}

const GOOD = `- { name: good, bundle: good.json, digest: '${DIGEST}', scope: production/app, expect: verified }\n`;
const BAD = `- { name: bad, bundle: bad.json, digest: '${DIGEST}', scope: production/app, expect: invalid, reason: bad-signature }\n`;

describe('countersign trust test', () => {
  test('is content where every verdict is as expected', async () => {
    const others = `- { name: nobody, bundle: good.json, digest: '${DIGEST}', scope: sandbox/app, expect: ignored }
- { name: elsewhere, bundle: good.json, digest: 'sha256:${'0'.repeat(64)}', scope: production/app, expect: invalid, reason: subject-mismatch }
- { name: no file, bundle: nope.json, digest: '${DIGEST}', scope: production/app, expect: error, reason: unreadable-file }
`;
    const { code, out, err } = await runCli(['trust', 'test', prepare(GOOD + BAD + others).file]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`ok    good: verified
ok    bad: invalid [bad-signature]
ok    nobody: ignored
ok    elsewhere: invalid [subject-mismatch]
ok    no file: error [unreadable-file]
5 cases, 5 as expected, 0 not
`);
  });

  test('shows what is different, in each form', async () => {
    const wrong = BAD.replace('expect: invalid, reason: bad-signature', 'expect: verified').replace(
      'bad,',
      '<other> "key",',
    );
    const { folder, file } = prepare(GOOD + wrong + BAD.replace('reason: bad-signature', 'reason: revoked'));

    const plain = await runCli(['trust', 'test', file, '--junit', `${folder}/junit.xml`]);
    const json = await runCli(['trust', 'test', file, '--json']);

    expect([plain.code, json.code]).toEqual([1, 1]);
    expect(plain.out).toMatch(
      /\nFAIL {2}<other> "key"\n +expected: verified\n +actual: +invalid\n.*\[bad-signature\]\n/,
    );
    expect(plain.out).toMatch(/\nFAIL {2}bad\n +expected: the reason revoked\n/);
    expect(plain.out).toMatch(/\n3 cases, 1 as expected, 2 not\n$/);
    expect(JSON.parse(json.out)).toMatchObject({
      passed: 1,
      failed: 2,
      cases: [
        { name: 'good', passed: true },
        { passed: false, expected: { verdict: 'verified' }, actual: { verdict: 'invalid' } },
        { passed: false, expected: { verdict: 'invalid', reason: 'revoked' } },
      ],
    });
    const junit = readFileSync(`${folder}/junit.xml`, 'utf8');
    expect(junit).toContain('tests="3" failures="2"');
    expect(junit).toContain('name="&lt;other&gt; &quot;key&quot;"');
  });

  test('an accepted forgery is a difference, and only what could not be looked at is undecided', async () => {
    const unreachable = `- { name: away, image: '127.0.0.1:1/production/app:v1', expect: verified }\n`;
    const accepted = GOOD.replace('verified', 'invalid');

    expect((await runCli(['trust', 'test', prepare(GOOD + unreachable).file])).code).toBe(3);
    expect((await runCli(['trust', 'test', prepare(accepted + unreachable).file])).code).toBe(1);
  });

  test('another policy can be tried on the same cases', async () => {
    const { folder, file } = prepare(GOOD, {
      'other.pub': otherKey.publicKeyPem,
      'next.yaml': POLICY.replace('key.pub', 'other.pub'),
    });

    expect((await runCli(['trust', 'test', file, '--policy', `${folder}/next.yaml`])).code).toBe(1);
  });

  test('images in a registry are cases too', async () => {
    const signature = buildSignatureManifest([sigstore.signLegacy(image.digest, 'r.example/production/app', key)]);
    await using registry = await startRegistry({
      repository: 'production/app',
      artifacts: [image, signature],
      tags: { v1: image.digest, [legacyTag(image.digest, 'sig')]: signature.digest },
      referrers: [],
    });
    const cases = `- { name: signed, image: '${registry.host}/production/app:v1', expect: verified }
- { name: as another repository, image: '${registry.host}/production/app:v1', scope: sandbox/app, expect: ignored }
- { name: not there, image: '${registry.host}/production/app@sha256:${'0'.repeat(64)}', expect: gone }
`;
    const { code, out } = await runCli(['trust', 'test', prepare(cases).file], { environment: { HOME: makeFolder() } });

    expect({ code, out }).toMatchObject({ code: 0 });
  });
});

describeWithCorpus('countersign trust test over layouts', ['signed-samples', 'layouts', 'notjws'], () => {
  const layout = (name: string) => `${corpusPath('signed-samples', 'layouts', name)}:v1`;

  test("by Notation's configuration", async () => {
    const ca = corpusPath('signed-samples', 'notation', 'trust', 'truststore', 'x509', 'ca', 'acme', 'ca.crt') ?? '';
    const folder = writeNotationFolder([signedBy('x509.subject: C=US, ST=WA, O=Acme')], { 'ca/acme/ca.crt': ca });
    const cases = makeFolder({
      'cases.yaml': `version: 1
notationConfig: ${folder}
cases:
- { name: ours, layout: '${layout('notjws')}', scope: registry.example/app, expect: verified }
- { name: expired, layout: '${layout('notexpired')}', scope: registry.example/app, expect: invalid, reason: certificate-not-valid }
- { name: other, layout: '${layout('unsigned')}', scope: registry.example/app, expect: unsigned }
`,
    });

    expect(await runCli(['trust', 'test', `${cases}/cases.yaml`])).toMatchObject({ code: 0 });
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['an unknown key', `${GOOD.replace('expect', 'expects')}`, /cases\.yaml:4:\d+: cases\[0\]\.expects: unknown key/],
    ['an unknown verdict', GOOD.replace('verified', 'good'), /cases\.yaml:4:\d+: cases\[0\]\.expect: /],
    ['a name twice', GOOD + GOOD, /cases\.yaml:5:\d+: cases\[1\]\.name: another case has this name/],
    [
      'a layout as an image',
      "- { name: a, image: 'oci:x', expect: verified }\n",
      /a layout stands under the key layout/,
    ],
    ['a bad digest', GOOD.replace(DIGEST, 'sha256:abc'), /cases\.yaml:4:\d+: cases\[0\]\.digest: /],
    ['two policies', `${GOOD}notationConfig: x\n`, /notationConfig: give one of policy and notationConfig/],
    ['no cases', '', /cases: /],
  ])('%s', async (_, cases, message) => {
    const { code, out, err } = await runCli(['trust', 'test', prepare(cases).file]);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('is told apart from wrong usage', async () => {
    const { folder } = prepare(GOOD, { 'none.yaml': `version: 1\ncases:\n${GOOD}` });

    expect(await runCli(['trust', 'test', `${folder}/nope.yaml`])).toMatchObject({ code: 2, out: '' });
    expect(await runCli(['trust', 'test'])).toMatchObject({ code: 2, err: expect.stringContaining('FILE is missing') });
    expect(await runCli(['trust', 'test', `${folder}/none.yaml`])).toMatchObject({
      code: 2,
      err: expect.stringContaining('by which policy?'),
    });
    expect((await runCli(['trust', 'test', '--help'])).out).toContain('countersign trust test FILE');
  });
});
