import fc from 'fast-check';
import { expect, test } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { signedBy, writeNotationFolder } from '../support/notation-folder.ts';
import { runCli } from '../support/run-cli.ts';
import { SIGNERS, writeSamplePolicy } from '../support/signed-samples.ts';

const COMMANDS = [
  'verify',
  'explain',
  'sweep',
  'verify-bundle',
  'config',
  'trust',
  'plan',
  'unknown',
  '',
  '--json',
  '-x',
  '__proto__',
];
const TOKENS = [
  ...['--policy', '--key', '--json', '--scope', '--trusted-root', '--bundle', '--certificate-identity'],
  ...[
    '--notation-config',
    '--index',
    '--verdict',
    '--repository',
    '--most',
    '--source-uri',
    '--source-branch',
    '--source-tag',
    '--source-versioned-tag',
  ],
  ...['--builder-id', 'github.com/acme/app', 'v1', 'https://github.com/actions/runner', 'registry.example/acme/app'],
  ...['--certificate-identity-regexp', '--certificate-oidc-issuer', '--insecure-ignore-tlog', '--replace'],
  ...[
    '--json=x',
    '--key=',
    '--',
    '-',
    '',
    ' ',
    'check',
    'test',
    'pin',
    'oci:.',
    'oci:',
    'oci::',
    '^.*$',
    '^(((a+)+)+$',
    '\u001b[2J',
  ],
  ...['trust-policy.yaml', 'countersign.config.yaml', 'trust/demo-release-key.pub', 'package.json', 'bin', '/dev/null'],
  ...[`127.0.0.1:1/acme/app@sha256:${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`, '@', ':', '../..', '\ud800'],
];

const noNetwork = () => Promise.reject(new Error('no network in tests'));

test('no arguments make it fail by itself, or say yes to what is not signed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...COMMANDS),
      fc.array(fc.constantFrom(...TOKENS), { maxLength: 9 }),
      async (command, rest) => {
        const { code, out, err } = await runCli([command, ...rest], { fetch: noNetwork });

        expect([0, 1, 2, 3]).toContain(code);
        if (code === 0) expect([command, rest.includes('check')]).toEqual(['config', true]);
        if (code === 2) expect([out, err === '']).toEqual(['', false]);
        expect(out + err).not.toMatch(/(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}]/u);
      },
    ),
    { numRuns: Number(process.env.COUNTERSIGN_ARGUMENT_RUNS ?? 600) },
  );
}, 60_000);

test('no key, and every combination of what names a signer, is refused before anything is looked at', async () => {
  const flags = fc.subarray([
    '--policy=nope',
    '--key=nope',
    '--certificate-identity=x',
    '--certificate-oidc-issuer=y',
    '--trusted-root=nope',
    '--insecure-ignore-tlog',
    '--notation-config=nope',
    '--source-uri=github.com/acme/app',
    '--builder-id=x',
  ]);
  await fc.assert(
    fc.asyncProperty(flags, async (given) => {
      expect((await runCli(['verify', 'oci:.', '--scope=a/b', ...given])).code).toBe(2);
    }),
  );
}, 60_000);

describeWithCorpus('images that nobody signed as they should', ['signed-samples', 'layouts', 'unsigned'], () => {
  /** Images without any signature by the key, the identity and the store of the flags. */
  const LAYOUTS = ['unsigned', 'wrongkey', 'transplant', 'noct', 'notself'];

  test('no arguments that can be used make them good', async () => {
    const at = (...parts: readonly string[]) => corpusPath('signed-samples', ...parts) ?? '';
    const ca = { 'ca/acme/ca.crt': at('notation', 'trust', 'truststore', 'x509', 'ca', 'acme', 'ca.crt') };
    const folders = ['strict', 'permissive', 'audit'].map((level) =>
      writeNotationFolder([{ ...signedBy('*'), signatureVerification: { level } }], ca),
    );
    const policies = [SIGNERS.key, SIGNERS.notary].map((signer) => writeSamplePolicy({ signer }));
    const trust = [
      ...folders.map((folder) => ['--notation-config', folder]),
      ...policies.map((policy) => ['--policy', policy]),
      ['--key', at('keys', 'cosign.pub')],
      ['--certificate-identity', 'dev@example.test', '--certificate-oidc-issuer', 'http://127.0.0.1:9000'],
      ['--source-uri', 'github.com/acme/app'],
      ['--builder-id', 'https://github.com/actions/runner', '--source-uri', 'github.com/acme/app'],
    ];
    const more = [
      ['--insecure-ignore-tlog'],
      ['--trusted-root', at('trust', 'trusted-root.json')],
      ['--scope', 'registry.example/demo/app'],
      ['--scope', 'demo/app'],
      ['--index', 'v1'],
      ['--source-uri', 'github.com/acme/app'],
      ['--source-versioned-tag', 'v1'],
      ['--json'],
    ];
    const codes = new Set<number | null>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('verify', 'explain'),
        fc.constantFrom(...LAYOUTS),
        fc.subarray(trust, { minLength: 1, maxLength: 2 }),
        fc.subarray(more),
        async (command, layout, chosen, rest) => {
          const args = [command, `oci:${at('layouts', layout)}:v1`, ...chosen.flat(), ...rest.flat()];
          const { code } = await runCli(args, { fetch: noNetwork });

          codes.add(code);
          expect([1, 2, 3]).toContain(code);
        },
      ),
      { numRuns: Number(process.env.COUNTERSIGN_ARGUMENT_RUNS ?? 600) },
    );
    // Many of them are wrong usage, and many are not.
    expect([...codes].sort()).toEqual(expect.arrayContaining([1, 2]));
  }, 120_000);
});
