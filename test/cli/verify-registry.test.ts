import { describe, expect, test, vi } from 'vitest';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import type { Artifact } from '../../local/sigstore/images.ts';
import { buildBundleReferrer, buildImage, buildSignatureManifest, legacyTag } from '../../local/sigstore/images.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { COSIGN_SIGN_PREDICATE } from '../../local/sigstore/statements.ts';
import { type RegistryContents, startRegistry } from '../support/loopback-registry.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

// Many files are copied, or processes started, on what may be a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const NOW = Date.UTC(2026, 10, 23, 12);
const sigstore = createPrivateSigstore({ now: () => NOW });
const workflow = githubWorkflow('acme/app');
const key = createSigningKey();
const image = buildImage('an image');

function bundled(): Artifact {
  const bundle = sigstore.signImageBundle(image.digest, workflow);
  return buildBundleReferrer(image, bundle, {
    predicateType: COSIGN_SIGN_PREDICATE,
    created: new Date(NOW).toISOString(),
  });
}

function legacy(): Artifact {
  return buildSignatureManifest([sigstore.signLegacy(image.digest, 'registry.example/acme/app', key)]);
}

function contentsOf(artifacts: readonly Artifact[], more: Partial<RegistryContents> = {}): RegistryContents {
  return {
    repository: 'acme/app',
    artifacts: [image, ...artifacts],
    tags: { v1: image.digest },
    referrers: artifacts.map(({ digest }) => ({ digest })),
    ...more,
  };
}

/** Flags that trust the workflow, and flags that trust the key. */
function flags() {
  const folder = makeFolder({ 'root.json': JSON.stringify(sigstore.trustedRoot()), 'key.pub': key.publicKeyPem });
  return {
    workflow: [
      ...['--certificate-identity', workflow.subject.value, '--certificate-oidc-issuer', workflow.issuer],
      ...['--trusted-root', `${folder}/root.json`],
    ],
    key: ['--key', `${folder}/key.pub`, '--insecure-ignore-tlog'],
    folder,
  };
}

async function verify(contents: RegistryContents, trust: readonly string[], ref = ':v1') {
  await using registry = await startRegistry(contents);
  const { code, out, err } = await runCli(['verify', `${registry.host}/acme/app${ref}`, ...trust, '--json'], {
    environment: { HOME: makeFolder() },
  });
  return { code, err, result: out === '' ? undefined : JSON.parse(out), host: registry.host };
}

describe('an image in a registry', () => {
  test('signed by a workflow, with a bundle among its referrers', async () => {
    const { code, result } = await verify(contentsOf([bundled()]), flags().workflow);

    expect(code).toBe(0);
    expect(result).toMatchObject({ verdict: 'verified', digest: image.digest, policy: 'command-line' });
  });

  test('signed by a key, under its .sig tag', async () => {
    const signature = legacy();
    const tags = { v1: image.digest, [legacyTag(image.digest, 'sig')]: signature.digest };

    expect((await verify(contentsOf([signature], { tags, referrers: [] }), flags().key)).code).toBe(0);
  });

  test('signed by somebody else', async () => {
    expect(await verify(contentsOf([bundled()]), flags().key)).toMatchObject({ code: 1 });
  });

  test('judged by the repository that its reference names', async () => {
    const { folder } = flags();
    const policy = (pattern: string) =>
      `${makeFolder({
        'policy.yaml': `version: 1
roots: { sigstore: { file: ${folder}/root.json } }
signers: { release: { keyless: { root: sigstore, issuer: '${workflow.issuer}', identity: '${workflow.subject.value}' } } }
images: [{ name: apps, repositories: ['${pattern}'], require: { signedBy: release } }]
otherRepositories: ignore
`,
      })}/policy.yaml`;
    const contents = contentsOf([bundled()]);

    expect(await verify(contents, ['--policy', policy('acme/*')])).toMatchObject({
      code: 0,
      result: { policy: 'apps' },
    });
    expect(await verify(contents, ['--policy', policy('other/*')])).toMatchObject({
      code: 3,
      result: { verdict: 'ignored', policy: null, reasons: [{ code: 'no-policy' }] },
    });
    expect((await verify(contents, ['--policy', policy('other/*'), '--scope', 'other/app'])).code).toBe(0);
  });

  test.each<[string, Partial<RegistryContents>, string, string]>([
    ['a tag that is not there', {}, ':v2', 'error'],
    ['a digest that is not there', {}, `@sha256:${'a'.repeat(64)}`, 'gone'],
    ['a registry that fails', { override: () => ({ status: 500 }) }, ':v1', 'error'],
    ['a registry that refuses', { override: () => ({ status: 403 }) }, ':v1', 'error'],
    [
      'referrers that cannot be listed now',
      { override: (path) => (path.includes('/referrers/') ? { status: 503 } : undefined) },
      ':v1',
      'error',
    ],
  ])('%s cannot be decided', async (_, more, ref, verdict) => {
    const { code, result, err } = await verify(contentsOf([], more), flags().workflow, ref);

    expect({ code, err, verdict: result.verdict }).toEqual({ code: 3, err: '', verdict });
    expect(result.reasons.length).toBeGreaterThan(0);
  });

  test('that is another one than its digest says is invalid', async () => {
    const override = (path: string) =>
      path.includes(`/manifests/${image.digest}`)
        ? { headers: { 'content-type': image.mediaType }, body: buildImage('another').manifest }
        : undefined;

    expect((await verify(contentsOf([bundled()], { override }), flags().workflow, `@${image.digest}`)).code).not.toBe(
      0,
    );
  });

  test('with a hostile tag list says so without obeying it', async () => {
    const body = '{"errors":[{"code":"\u001b]0;x\u0007","message":"\u202egnp\u009b31m"}]}';
    const override = () => ({ status: 400, headers: { 'content-type': 'application/json' }, body });
    await using registry = await startRegistry(contentsOf([], { override }));

    const human = await runCli(['verify', `${registry.host}/acme/app:v1`, ...flags().key]);
    const json = await runCli(['verify', `${registry.host}/acme/app:v1`, ...flags().key, '--json']);

    expect([human.code, json.code]).toEqual([3, 3]);
    for (const text of [human.out, json.out]) expect(text).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });

  test('as a process, with nothing listening', async () => {
    const { code, out } = await spawnCli(['verify', '127.0.0.1:1/acme/app:v1', ...flags().key]);

    expect(code).toBe(3);
    expect(out).toMatch(/^COULD NOT DECIDE: 127\.0\.0\.1:1\/acme\/app:v1\n/);
  });

  test('as a process, signed', async () => {
    await using registry = await startRegistry(contentsOf([bundled()]));

    const { code, out, err } = await spawnCli(['verify', `${registry.host}/acme/app:v1`, ...flags().workflow]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^VERIFIED: 127\.0\.0\.1:\d+\/acme\/app@sha256:/);
  });
});
