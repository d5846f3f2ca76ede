import { expect, test } from 'vitest';
import { LAYOUTS } from '../conformance/expected/layouts.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli } from '../support/run-cli.ts';
import { SIGNERS, verifyLayout, writeBuilderPolicy } from '../support/signed-samples.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const ROOT = 'trusted-root.json';
const EXIT = { verified: 0, unsigned: 1, invalid: 1 } as const;

describeWithCorpus('images signed by cosign and notation', ['signed-samples', 'layouts'], () => {
  test.each(LAYOUTS)('$layout is $verdict: $because', async ({ layout, verdict, policy, code }) => {
    const {
      code: exit,
      err,
      result,
    } = await verifyLayout(`${corpusPath('signed-samples', 'layouts', layout)}:v1`, policy);

    expect({ verdict: result.verdict, exit, err }).toEqual({ verdict, exit: EXIT[verdict], err: '' });
    expect(result.policy).toBe('samples');
    if (code !== undefined) {
      const seen = [...result.reasons, ...result.evidence.map(({ reason }: { reason?: unknown }) => reason)];
      expect(seen).toContainEqual(expect.objectContaining({ code }));
    }
  });

  test.each([
    ['legacy', ['--key', 'KEY', '--insecure-ignore-tlog'], 0],
    ['wrongkey', ['--key', 'KEY', '--insecure-ignore-tlog'], 1],
    ['legacy', ['--key', 'KEY', '--trusted-root', 'ROOT'], 1],
    ['keytlog', ['--key', 'KEY', '--trusted-root', 'ROOT'], 0],
    ['keyless', ['--certificate-identity', 'dev@example.test', ...issuer(), '--trusted-root', 'ROOT'], 0],
    ['keyless', ['--certificate-identity', 'dev@example.tes', ...issuer(), '--trusted-root', 'ROOT'], 1],
    ['keyless', ['--certificate-identity-regexp', '^[a-z]+@example\\.test$', ...issuer(), '--trusted-root', 'ROOT'], 0],
    ['keyless', ['--certificate-identity-regexp', '^x|.*ev@example\\.tes$', ...issuer(), '--trusted-root', 'ROOT'], 1],
    ['keyless', ['--certificate-identity-regexp', '^(?=dev)$', ...issuer(), '--trusted-root', 'ROOT'], 2],
    ['attonly', ['--key', 'KEY', '--insecure-ignore-tlog'], 1],
  ])("%s with cosign's flags %j", async (layout, flags, expected) => {
    const files: Record<string, string | undefined> = {
      KEY: corpusPath('signed-samples', 'keys', 'cosign.pub'),
      ROOT: corpusPath('signed-samples', 'trust', ROOT),
    };
    const { code } = await runCli([
      ...['verify', `oci:${corpusPath('signed-samples', 'layouts', layout)}:v1`],
      ...flags.map((flag) => files[flag] ?? flag),
    ]);

    expect(code).toBe(expected);
  });

  test('a trusted root of the command line takes the place of those of the policy', async () => {
    const folder = makeFolder({
      'policy.yaml': `version: 1
roots: { sigstore: { file: not-there.json } }
signers: { author: ${SIGNERS.developer} }
images: [{ name: samples, repositories: ['demo/*'], require: { signedBy: author } }]
otherRepositories: ignore
`,
    });
    const args = ['verify', `oci:${corpusPath('signed-samples', 'layouts', 'keyless')}`, '--scope', 'demo/app'];
    const policy = ['--policy', `${folder}/policy.yaml`];
    const root = corpusPath('signed-samples', 'trust', ROOT) ?? '';

    expect(await runCli([...args, ...policy])).toMatchObject({ code: 2, out: '' });
    expect(await runCli([...args, ...policy, '--trusted-root', root])).toMatchObject({ code: 0 });
    expect(
      await runCli([...args.slice(0, 2), '--scope', 'other/app', ...policy, '--trusted-root', root]),
    ).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^COULD NOT DECIDE, no policy covers this repository: /),
    });
  });
});

function issuer(): readonly string[] {
  return ['--certificate-oidc-issuer', 'http://127.0.0.1:9000'];
}

describeWithCorpus('a real multi-arch image with keyless attestations', ['slsa', 'oci-layouts-v2.1.0'], () => {
  test.each([
    ['verified', 0, {}],
    [
      'invalid',
      1,
      {
        identity:
          'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.1',
      },
    ],
    ['unsigned', 1, { predicateType: 'https://slsa.dev/provenance/v1' }],
    ['invalid', 1, { root: 'github.trusted_root.json' }],
  ])('is %s', async (verdict, exit, changes) => {
    const { code, out } = await runCli([
      ...['verify', `oci:${corpusPath('slsa', 'oci-layouts-v2.1.0', 'container_workflow_dispatch')}`, '--json'],
      ...['--policy', writeBuilderPolicy(changes), '--scope', 'acme/app'],
    ]);

    expect({ code, verdict: JSON.parse(out).verdict }).toEqual({ code: exit, verdict });
  });
});
