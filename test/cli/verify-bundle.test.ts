import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

// Many files are copied, or processes started, on what may be a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

describeWithCorpus('the cases of sigstore-conformance', ['sigstore-conformance'], () => {
  const corpus = corpusPath('sigstore-conformance') ?? '';
  const publicGood = corpusPath('sigstore-roots', 'public-good.trusted_root.json') ?? '';
  const cases = readdirSync(corpus, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  /** The arguments as the conformance suite gives them, in its order. */
  function argumentsOf(name: string, target?: string): string[] {
    const file = (part: string) => join(corpus, name, part);
    const text = (part: string, fallback: string) =>
      existsSync(file(part)) ? readFileSync(file(part), 'utf8').trim() : fallback;
    const signer = existsSync(file('key.pub'))
      ? ['--key', file('key.pub')]
      : ['--certificate-identity', text('identity', IDENTITY), '--certificate-oidc-issuer', text('issuer', ISSUER)];
    const root = existsSync(file('trusted_root.json')) ? ['--trusted-root', file('trusted_root.json')] : [];
    const artifact = existsSync(file('artifact')) ? file('artifact') : join(corpus, 'a.txt');
    return ['verify-bundle', '--bundle', file('bundle.sigstore.json'), ...signer, ...root, target ?? artifact];
  }

  const environment = { COUNTERSIGN_TRUSTED_ROOT: publicGood };

  test.each(cases)('%s', async (name) => {
    const { code, err } = await runCli(argumentsOf(name), { environment });

    // A root or a key that cannot be used is told before any bundle is looked at.
    const unusable = ['trust-root-tlog-missing-validity-start_fail', 'managed-key-wrong-key_fail'];
    expect(code).toBe(unusable.includes(name) ? 2 : name.endsWith('_fail') ? 1 : 0);
    expect(err !== '').toBe(unusable.includes(name));
  });

  test.each(['happy-path-v0.3', 'signature-mismatch_fail', 'invalid-ct-key_fail', 'rekor2-happy-path'])(
    '%s as a process',
    async (name) => {
      const { code, err } = await spawnCli(argumentsOf(name), { environment });

      expect({ code, err }).toEqual({ code: name.endsWith('_fail') ? 1 : 0, err: '' });
    },
  );

  describe('by digest', () => {
    const digest = createHash('sha256')
      .update(readFileSync(join(corpus, 'a.txt')))
      .digest('hex');

    test.each([
      ['the digest of the artifact', `sha256:${digest}`, 0],
      ['in upper case', `sha256:${digest.toUpperCase()}`, 0],
      ['another digest', `sha256:${digest.replace(/^./, (first) => (first === '0' ? '1' : '0'))}`, 1],
      ['too short for a digest, so a file, which is not there', 'sha256:abc', 3],
    ])('%s', async (_, target, expected) => {
      expect((await runCli(argumentsOf('happy-path-v0.3', target), { environment })).code).toBe(expected);
    });
  });

  test('--json is the object that verify prints', async () => {
    const { out } = await runCli([...argumentsOf('happy-path-v0.3'), '--json'], { environment });

    expect(JSON.parse(out)).toMatchObject({
      verdict: 'verified',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      policy: 'command-line',
      evidence: [{ outcome: 'satisfied', format: 'bundle' }],
      reasons: [{ code: 'policy-satisfied' }],
    });
  });

  test.each([
    ['another identity', ['--certificate-identity', `${IDENTITY}x`, '--certificate-oidc-issuer', ISSUER], 1],
    [
      'the beginning of the identity',
      ['--certificate-identity', IDENTITY.slice(0, -1), '--certificate-oidc-issuer', ISSUER],
      1,
    ],
    ['another issuer', ['--certificate-identity', IDENTITY, '--certificate-oidc-issuer', `${ISSUER}/`], 1],
    ['no signer', [], 2],
    ['a signer and no root', ['--certificate-identity', IDENTITY, '--certificate-oidc-issuer', ISSUER], 2, {}],
  ])('%s', async (_, signer, expected, own?: Record<string, string>) => {
    const bundle = join(corpus, 'happy-path-v0.3', 'bundle.sigstore.json');
    const args = ['verify-bundle', '--bundle', bundle, ...signer, join(corpus, 'a.txt')];

    expect((await runCli(args, { environment: own ?? environment })).code).toBe(expected);
  });

  test('a bundle or an artifact that cannot be read is 3', async () => {
    const folder = makeFolder();
    const [, , bundle = '', ...rest] = argumentsOf('happy-path-v0.3');

    for (const unreadable of [folder, `${folder}/nothing`]) {
      expect((await runCli(['verify-bundle', '--bundle', unreadable, ...rest], { environment })).code).toBe(3);
      const others = ['verify-bundle', '--bundle', bundle, ...rest.slice(0, -1), unreadable];
      expect(await runCli(others, { environment })).toMatchObject({ code: 3, out: '' });
    }
  });

  test('a huge bundle is 3', async () => {
    const folder = makeFolder({ bundle: Buffer.alloc(17 * 1024 * 1024, 0x20) });
    const [, , , ...rest] = argumentsOf('happy-path-v0.3');

    expect((await runCli(['verify-bundle', '--bundle', `${folder}/bundle`, ...rest], { environment })).code).toBe(3);
  });
});
