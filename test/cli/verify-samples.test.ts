import { expect, test } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli } from '../support/run-cli.ts';
import { type SamplePolicy, SIGNERS, verifyLayout, writeBuilderPolicy } from '../support/signed-samples.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const SLSA = 'https://slsa.dev/provenance/v1';
const ROOT = 'trusted-root.json';
const REKOR1 = 'trusted-root-rekor1.json';
const WITHOUT_CT = 'trusted-root-fulcio-tsa.json';
const EXIT = { verified: 0, unsigned: 1, invalid: 1 } as const;

describeWithCorpus('images signed by cosign and notation', ['signed-samples', 'layouts'], () => {
  const key: SamplePolicy = { signer: SIGNERS.key };
  const developer: SamplePolicy = { signer: SIGNERS.developer, root: ROOT };
  const workflow: SamplePolicy = { signer: SIGNERS.workflow, root: ROOT };

  test.each<[string, keyof typeof EXIT, SamplePolicy, string?]>([
    ['unsigned', 'unsigned', key, 'no-candidate'],
    ['legacy', 'verified', key],
    ['legacy', 'verified', { ...key, attested: SLSA }],
    ['legacy', 'invalid', { signer: SIGNERS.loggedKey, root: ROOT }, 'no-log-entry'],
    ['bundle', 'verified', key],
    ['bundle', 'verified', { ...key, attested: SLSA }],
    ['bundle', 'invalid', { signer: SIGNERS.otherKey }, 'bad-signature'],
    ['bundle', 'unsigned', developer, 'wrong-material'],
    ['wrongkey', 'invalid', key, 'bad-signature'],
    ['wrongkey', 'verified', { signer: SIGNERS.otherKey }],
    ['attonly', 'unsigned', key, 'no-candidate'],
    ['attonly', 'verified', { ...key, attested: SLSA }],
    // The bundle that was moved there is provenance of another image, and no signature of any.
    ['transplant', 'invalid', { ...key, attested: SLSA }, 'subject-mismatch'],
    ['transplant', 'unsigned', key, 'no-candidate'],
    ['keytlog', 'verified', { signer: SIGNERS.loggedKey, root: ROOT }],
    ['keytlog', 'verified', key],
    ['keyless', 'verified', developer],
    ['keyless', 'invalid', { signer: SIGNERS.stranger, root: ROOT }, 'identity-mismatch'],
    ['keyless', 'invalid', workflow, 'identity-mismatch'],
    ['keyless', 'unsigned', key, 'wrong-material'],
    ['keyless', 'invalid', { ...developer, root: 'trusted-root-wrongrekor.json' }],
    ['keyless', 'invalid', { ...developer, root: 'trusted-root-noct.json' }],
    ['keyless', 'invalid', { ...developer, root: 'trusted-root-notsa.json' }],
    ['keylessgh', 'verified', workflow],
    ['keylessgh', 'verified', { ...workflow, attested: SLSA }],
    ['keylessgh', 'verified', { ...workflow, attested: 'https://spdx.dev/Document' }],
    ['keylessgh', 'unsigned', { ...workflow, attested: 'https://slsa.dev/provenance/v2' }],
    ['keylessgh', 'invalid', developer, 'identity-mismatch'],
    ['keylesstsa', 'invalid', developer, 'no-log-entry'],
    ['keylesstsa', 'verified', { signer: SIGNERS.developerWithoutLog, root: ROOT }],
    ['legacykeyless', 'invalid', workflow, 'no-log-entry'],
    ['legacykeyless', 'verified', { signer: SIGNERS.workflowWithoutLog, root: ROOT }],
    ['noct', 'invalid', developer],
    ['noct', 'invalid', { signer: SIGNERS.developerWithoutLog, root: WITHOUT_CT }, 'no-certificate-timestamp'],
    ['noct', 'verified', { signer: SIGNERS.developerWithoutProofs, root: WITHOUT_CT }],
    ['r1bundle', 'verified', { ...developer, root: REKOR1 }],
    ['r1bundle', 'verified', { ...developer, root: REKOR1, attested: SLSA }],
    ['r1bundle', 'invalid', developer],
    ['r1legacy', 'verified', { ...developer, root: REKOR1 }],
    ['r1legacy', 'verified', { ...developer, root: REKOR1, attested: 'https://spdx.dev/Document' }],
    ['r1legacy', 'invalid', developer],
    ['notjws', 'verified', { signer: SIGNERS.notary }],
    ['notcose', 'verified', { signer: SIGNERS.notaryWithStamps }],
    ['notjws', 'invalid', { signer: SIGNERS.otherNotary }, 'untrusted-identity'],
    ['notcose', 'invalid', { signer: SIGNERS.selfSigned }, 'untrusted-certificate'],
    ['notself', 'verified', { signer: SIGNERS.selfSigned }],
    ['notself', 'invalid', { signer: SIGNERS.notary }, 'untrusted-certificate'],
    ['notexpired', 'invalid', { signer: SIGNERS.notary }],
    ['notexpired', 'invalid', { signer: SIGNERS.notaryWithStamps }],
    ['notexpiredtsa', 'verified', { signer: SIGNERS.notaryWithStamps }],
    ['notexpiredtsa', 'invalid', { signer: SIGNERS.notary }],
    // A Sigstore signature says nothing to a Notary Project signer.
    ['keyless', 'unsigned', { signer: SIGNERS.notary }],
    // Notation is not asked for by these policies: as far as they are concerned, nobody signed.
    ...(['notjws', 'notcose', 'notself', 'notexpired', 'notexpiredtsa'] as const).map(
      (layout): [string, keyof typeof EXIT, SamplePolicy] => [layout, 'unsigned', key],
    ),
  ])('%s is %s', async (layout, verdict, policy, code) => {
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
