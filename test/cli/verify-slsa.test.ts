import { describe, expect, test, vi } from 'vitest';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { buildBundleReferrer, buildImage } from '../../local/sigstore/images.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { readCorpusFile } from '../support/envelope-samples.ts';
import { startRegistry } from '../support/loopback-registry.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const EXIT: Readonly<Record<string, number>> = { verified: 0, unsigned: 1, invalid: 1 };
const WORKFLOWS = 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/';
const CONTAINER_BASED = `${WORKFLOWS}builder_container-based_slsa3.yml`;
const CONTAINER = `${WORKFLOWS}generator_container_slsa3.yml`;
const RUNNER = 'https://github.com/actions/runner';
const SOURCE = 'github.com/slsa-framework/example-package';
const root = () => ['--trusted-root', corpusPath('sigstore-roots', 'public-good.trusted_root.json') ?? ''];

async function verifyBundle(bundle: string, artifact: string, flags: readonly string[]) {
  const { code, out, err } = await runCli([
    'verify-bundle',
    '--bundle',
    bundle,
    ...flags,
    ...root(),
    '--json',
    artifact,
  ]);
  expect(err).toBe('');
  const { verdict, reasons } = JSON.parse(out);
  expect(code).toBe(EXIT[verdict]);
  return { verdict, codes: reasons.map((reason: { code: string }) => reason.code) };
}

describeWithCorpus('provenance of the container-based builder', ['slsa', 'container-based'], () => {
  const BUNDLES: Readonly<Record<string, (tag: string) => string>> = {
    'v1.8.0': (name) => `${name}.intoto.${/13\.0\.30|14\.2/.test(name) ? 'jsonl' : 'build.slsa'}`,
    'v1.9.0': (name) => `${name}.intoto.build.slsa`,
    'v1.10.0': (name) => `${name}.intoto.build.slsa`,
    'v2.0.0': (name) => `${name}.intoto.build.slsa`,
    'v2.1.0': (name) => `${name}.intoto.build.slsa`,
  };
  const verify = (version: string, name: string, flags: readonly string[]) => {
    const at = (file: string) => corpusPath('slsa', 'container-based', version, file) ?? file;
    return verifyBundle(at(BUNDLES[version]?.(name) ?? name), at(name), flags);
  };
  const pushed = (tag: string) => `binary-linux-amd64-push-${tag}`;

  // Expected results are those of slsa-verifier's own tests.
  describe.each(Object.keys(BUNDLES))('of release %s', (version) => {
    test.each<[string, string, ...string[]]>([
      ['verified', 'binary-linux-amd64-workflow_dispatch', '--source-uri', SOURCE],
      ['verified', 'binary-linux-amd64-workflow_dispatch', '--source-uri', `https://${SOURCE}`],
      ['verified', 'binary-linux-amd64-workflow_dispatch', '--source-uri', `git+https://${SOURCE}`],
      ['verified', 'binary-linux-amd64-workflow_dispatch', '--source-uri', SOURCE, '--source-branch', 'main'],
      ['invalid', 'binary-linux-amd64-workflow_dispatch', '--source-uri', SOURCE, '--source-branch', 'master'],
      ['invalid', 'binary-linux-amd64-workflow_dispatch', '--source-uri', SOURCE, '--source-tag', 'v1.2.3'],
      ['invalid', 'binary-linux-amd64-workflow_dispatch', '--source-uri', SOURCE, '--source-versioned-tag', 'v1'],
      ['invalid', 'binary-linux-amd64-workflow_dispatch', '--source-uri', `${SOURCE}s`],
      ['invalid', 'binary-linux-amd64-workflow_dispatch', '--source-uri', 'github.com/slsa-framework/example'],
      ['verified', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-tag', 'v13.0.30'],
      ['invalid', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-tag', 'v13.0.29'],
      ['invalid', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-tag', 'v13.0'],
      ['invalid', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-tag', 'v13'],
      ['verified', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-versioned-tag', 'v13'],
      ['verified', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-versioned-tag', 'v13.0'],
      ['invalid', pushed('v13.0.30'), '--source-uri', SOURCE, '--source-versioned-tag', 'v13.0.31'],
      ['verified', pushed('v14'), '--source-uri', SOURCE, '--source-versioned-tag', 'v14.0'],
      ['invalid', pushed('v14'), '--source-uri', SOURCE, '--source-versioned-tag', 'v14.1'],
      ['verified', pushed('v14.2'), '--source-uri', SOURCE, '--source-versioned-tag', 'v14.2'],
      ['invalid', pushed('v14.2'), '--source-uri', SOURCE, '--source-versioned-tag', 'v14.2.1'],
      ['verified', pushed('v14.2'), '--source-uri', SOURCE, '--builder-id', CONTAINER_BASED],
      ['verified', pushed('v14.2'), '--source-uri', SOURCE, '--builder-id', `${CONTAINER_BASED}@${version}`],
      ['verified', pushed('v14.2'), '--source-uri', SOURCE, '--builder-id', `${CONTAINER_BASED}@refs/tags/${version}`],
      ['invalid', pushed('v14.2'), '--source-uri', SOURCE, '--builder-id', `${CONTAINER_BASED}@v1.0.0`],
      ['invalid', pushed('v14.2'), '--source-uri', SOURCE, '--builder-id', `${WORKFLOWS}not-trusted.yml`],
      ['invalid', pushed('v14.2'), '--source-uri', SOURCE, '--builder-id', RUNNER],
    ])('is %s: %s %s %s %s %s', async (verdict, name, ...flags) => {
      expect((await verify(version, name, flags)).verdict).toBe(verdict);
    });
  });

  test('release v1.7.0 put the root certificate into its bundles, which sigstore-conformance wants refused', async () => {
    for (const name of ['v13.0.30', 'v14', 'v14.2'].map((tag) => `gha_container-based-binary-linux-amd64-${tag}`)) {
      const at = (file: string) => corpusPath('slsa', 'container-based', 'v1.7.0', file) ?? file;
      expect(await verifyBundle(at(`${name}.intoto.sigstore`), at(name), ['--source-uri', SOURCE])).toEqual({
        verdict: 'invalid',
        codes: ['untrusted-certificate'],
      });
    }
  });
});

describeWithCorpus("provenance of npm's builder", ['slsa', 'npm', 'gha'], () => {
  // npm keeps two attestations: its own of the publication, which needs its key, and the provenance, which is looked at here.
  test.each<[string, string, string, ...string[]]>([
    ['gundam-visor-cli-v1-tag', 'verified', 'github.com/ramonpetgrave64/gundam-visor'],
    ['gundam-visor-cli-v1-tag', 'verified', 'github.com/ramonpetgrave64/gundam-visor', '--source-tag', 'v1.0.1'],
    ['gundam-visor-cli-v1-tag', 'invalid', 'github.com/ramonpetgrave64/gundam-visor', '--source-tag', 'v1.0.0'],
    ['gundam-visor-cli-v1-tag', 'invalid', 'github.com/ramonpetgrave64/gundam'],
    ['gundam-visor-cli-v1-tag-invalidsigprov', 'invalid', 'github.com/ramonpetgrave64/gundam-visor'],
    ['gundam-visor-cli-v1-tag-invalidsigpub', 'verified', 'github.com/ramonpetgrave64/gundam-visor'],
    ['provenance-npm-test-cli-v1-prega', 'verified', 'github.com/sigstore/sigstore-js', '--source-branch', 'main'],
    ['provenance-npm-test-cli-v1-prega', 'invalid', 'github.com/sigstore/sigstore-js', '--source-branch', 'next'],
    ['provenance-npm-test-cli-v1-prega-invalidsigprov', 'invalid', 'github.com/sigstore/sigstore-js'],
    ['provenance-npm-test-cli-v1-prega-invalidsigpub', 'verified', 'github.com/sigstore/sigstore-js'],
    // Bundles of before 2024 hold the root certificate: refused as sigstore-conformance wants it, good or bad.
    ...['', '-invalidsigprov', '-invalidsigpub'].flatMap((variant): [string, string, string][] => [
      [`provenance-npm-test-cli-v02-prega${variant}`, 'invalid', 'github.com/laurentsimon/provenance-npm-test'],
      [`provenance-npm-test-ossf${variant}`, 'invalid', 'github.com/laurentsimon/provenance-npm-test'],
      [`supreme-googles-cli-v02-tag${variant}`, 'invalid', 'github.com/trishankatdatadog/supreme-goggles'],
    ]),
  ])('%s is %s for %s %s %s', async (name, verdict, source, ...flags) => {
    const { attestations } = JSON.parse(readCorpusFile('slsa', 'npm', 'gha', `${name}.tgz.json`).toString());
    const [provenance] = attestations.filter((one: { predicateType: string }) => /provenance/.test(one.predicateType));
    const folder = makeFolder({ 'bundle.json': JSON.stringify(provenance.bundle) });
    const artifact = corpusPath('slsa', 'npm', 'gha', `${name}.tgz`) ?? '';

    const seen = await verifyBundle(`${folder}/bundle.json`, artifact, [
      ...['--source-uri', source, '--builder-id', RUNNER, ...flags],
    ]);

    expect(seen.verdict).toBe(verdict);
    // Signed by a workflow of the repository, which is no trusted builder.
    const asBuilder = await verifyBundle(`${folder}/bundle.json`, artifact, ['--source-uri', source]);
    expect(asBuilder.verdict).toBe('invalid');
  });
});

describeWithCorpus('a real image of the container generator', ['slsa', 'oci-layouts-v2.1.0'], () => {
  test.each<[string, ...string[]]>([
    ['verified', '--source-uri', SOURCE],
    ['verified', '--source-uri', SOURCE, '--source-branch', 'main'],
    ['verified', '--source-uri', SOURCE, '--builder-id', CONTAINER],
    ['verified', '--source-uri', SOURCE, '--builder-id', `${CONTAINER}@v2.1.0`],
    ['invalid', '--source-uri', SOURCE, '--builder-id', `${CONTAINER}@v2.0.0`],
    ['invalid', '--source-uri', SOURCE, '--builder-id', CONTAINER_BASED],
    ['invalid', '--source-uri', SOURCE, '--source-branch', 'next'],
    ['invalid', '--source-uri', SOURCE, '--source-versioned-tag', 'v1'],
    ['invalid', '--source-uri', 'github.com/slsa-framework/other'],
  ])('is %s: %s %s %s %s', async (verdict, ...flags) => {
    const layout = corpusPath('slsa', 'oci-layouts-v2.1.0', 'container_workflow_dispatch');
    const { code, out } = await runCli(['verify', `oci:${layout}`, ...flags, ...root(), '--json']);

    expect({ code, verdict: JSON.parse(out).verdict }).toEqual({ code: EXIT[verdict], verdict });
  });
});

const NOW = Date.UTC(2026, 10, 23, 12);
const sigstore = createPrivateSigstore({ now: () => NOW });
const image = buildImage('an image');
const V02 = 'https://slsa.dev/provenance/v0.2';

/** A workflow that GitHub runs for a repository, signing as itself. */
function builderOf(repository: string, builder: string) {
  const workflow = githubWorkflow(repository);
  return { ...workflow, subject: { ...workflow.subject, value: builder } };
}

function provenance({
  builder = `${CONTAINER}@refs/tags/v2.1.0`,
  source = 'git+https://github.com/acme/app',
  ref = 'refs/heads/main',
  environment = {},
} = {}) {
  return {
    builder: { id: builder },
    buildType: 'x',
    invocation: { configSource: { uri: `${source}${ref === '' ? '' : `@${ref}`}` }, environment },
    materials: [{ uri: `${source}${ref === '' ? '' : `@${ref}`}` }],
  };
}

async function verifySigned(
  signer: Parameters<typeof sigstore.attest>[3],
  predicate: object,
  flags: readonly string[],
) {
  const bundle = sigstore.attest(image.digest, V02, predicate, signer);
  const referrer = buildBundleReferrer(image, bundle, { predicateType: V02, created: new Date(NOW).toISOString() });
  await using registry = await startRegistry({
    repository: 'acme/app',
    artifacts: [image, referrer],
    tags: { v1: image.digest },
    referrers: [{ digest: referrer.digest }],
  });
  const folder = makeFolder({ 'root.json': JSON.stringify(sigstore.trustedRoot()) });
  const { out } = await runCli(
    ['verify', `${registry.host}/acme/app:v1`, ...flags, '--trusted-root', `${folder}/root.json`, '--json'],
    { environment: { HOME: makeFolder() } },
  );
  return JSON.parse(out);
}

describe('provenance that nobody should believe', () => {
  const flags = ['--source-uri', 'github.com/acme/app'];

  test('a trusted builder at a release is believed', async () => {
    const signer = builderOf('acme/app', `${CONTAINER}@refs/tags/v2.1.0`);

    expect(await verifySigned(signer, provenance(), flags)).toMatchObject({ verdict: 'verified' });
  });

  test.each<[string, string, string, object]>([
    ['built from a branch of the builder', 'acme/app', `${CONTAINER}@refs/heads/main`, {}],
    ['by a pre-release of the builder', 'acme/app', `${CONTAINER}@refs/tags/v2.1.0-rc.1`, {}],
    ['by a part of a version', 'acme/app', `${CONTAINER}@refs/tags/v2`, {}],
    [
      'by a look-alike of the builder',
      'acme/app',
      `${CONTAINER.replace('generator_container', 'generator-container')}@refs/tags/v2.1.0`,
      {},
    ],
    [
      'by a builder of another owner',
      'acme/app',
      `${CONTAINER.replace('slsa-framework', 'slsa-frarnework')}@refs/tags/v2.1.0`,
      {},
    ],
    [
      'by what an unescaped dot would match',
      'acme/app',
      `${CONTAINER.replace('github.com', 'githubxcom')}@refs/tags/v2.1.0`,
      {},
    ],
    ['by a version with more behind it', 'acme/app', `${CONTAINER}@refs/tags/v2.1.0/x`, {}],
    [
      'that names another version than its signer',
      'acme/app',
      `${CONTAINER}@refs/tags/v2.0.0`,
      { builder: `${CONTAINER}@refs/tags/v2.1.0` },
    ],
    [
      'that names another builder',
      'acme/app',
      `${CONTAINER}@refs/tags/v2.1.0`,
      { builder: `${CONTAINER_BASED}@refs/tags/v2.1.0` },
    ],
    ['of a build of another repository', 'evil/app', `${CONTAINER}@refs/tags/v2.1.0`, {}],
    ['of another source', 'acme/app', `${CONTAINER}@refs/tags/v2.1.0`, { source: 'git+https://github.com/evil/app' }],
    ['without a ref', 'acme/app', `${CONTAINER}@refs/tags/v2.1.0`, { ref: '' }],
  ])('%s', async (_, repository, builder, changes) => {
    const signer = builderOf(repository, builder);
    for (const named of [[], ['--builder-id', CONTAINER]]) {
      const result = await verifySigned(signer, provenance({ builder, ...changes }), [...flags, ...named]);

      expect(result.verdict).toBe('invalid');
    }
  });

  test('a certificate that names no source repository', async () => {
    const { claims: _, ...signer } = builderOf('acme/app', `${CONTAINER}@refs/tags/v2.1.0`);

    expect(await verifySigned(signer, provenance(), flags)).toMatchObject({
      verdict: 'invalid',
      reasons: [{ code: 'identity-mismatch', message: expect.stringContaining('sourceRepositoryUri is absent') }],
    });
  });

  test.each([
    ['on a runner of the repository', 'acme/app', {}, 'verified'],
    ['on a self-hosted runner', 'acme/app', { runnerEnvironment: 'self-hosted' }, 'invalid'],
    [
      'by a workflow of another repository',
      'evil/app',
      { sourceRepositoryUri: 'https://github.com/acme/app' },
      'invalid',
    ],
  ])('a runner of GitHub itself: %s', async (_, repository, claims, verdict) => {
    const workflow = githubWorkflow(repository);
    const signer = { ...workflow, claims: { ...workflow.claims, ...claims } };
    const predicate = provenance({ builder: `${RUNNER}/github-hosted` });

    expect((await verifySigned(signer, predicate, [...flags, '--builder-id', RUNNER])).verdict).toBe(verdict);
  });
});

test.each([
  ['push', { base_ref: 'refs/heads/main' }, 'main', 'verified'],
  ['push', { base_ref: 'refs/heads/main' }, 'next', 'invalid'],
  ['push', { base_ref: null }, 'main', 'invalid'],
  ['release', { release: { target_commitish: 'main' } }, 'main', 'verified'],
  ['workflow_dispatch', { base_ref: 'refs/heads/main' }, 'main', 'invalid'],
])(
  'the branch of a tag is the one that a %s event tells: %j, for --source-branch %s: %s',
  async (event, payload, branch, verdict) => {
    const workflow = githubWorkflow('acme/app', 'release.yml', 'refs/tags/v1.2.3');
    const builder = `${CONTAINER}@refs/tags/v2.1.0`;
    const signer = { ...workflow, subject: { ...workflow.subject, value: builder } };
    const environment = { github_event_name: event, github_event_payload: payload };

    const result = await verifySigned(signer, provenance({ ref: 'refs/tags/v1.2.3', environment }), [
      ...['--source-uri', 'github.com/acme/app', '--source-branch', branch, '--source-versioned-tag', 'v1.2'],
    ]);

    expect(result.verdict).toBe(verdict);
  },
);
