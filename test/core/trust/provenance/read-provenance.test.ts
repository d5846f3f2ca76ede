import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { normalizeSource, splitSource } from '../../../../lambdas/core/trust/provenance/provenance.ts';
import { readProvenance } from '../../../../lambdas/core/trust/provenance/read-provenance.ts';
import { corpusPath, describeWithCorpus } from '../../../support/corpus.ts';

const V02 = 'https://slsa.dev/provenance/v0.2';
const V1 = 'https://slsa.dev/provenance/v1';
const APP = 'https://github.com/acme/app';

describe('the source of a build', () => {
  test.each([
    ['git+https://github.com/acme/app@refs/heads/main', { source: APP, ref: 'refs/heads/main' }],
    ['git+https://github.com/acme/app.git', { source: APP }],
    ['https://github.com/acme/app/', { source: APP }],
    ['https://github.com/acme/app@refs/tags/v1.0.0', { source: APP, ref: 'refs/tags/v1.0.0' }],
    ['git+ssh://git@github.com/acme/app', undefined],
    ['https://user@github.com/acme/app@refs/heads/main', undefined],
    ['https://github.com/acme/app?ref=main', undefined],
    ['https://github.com/acme/app#main', undefined],
    ['https://github.com/acme/app @refs/heads/main', undefined],
    ['pkg:docker/alpine@3', undefined],
    ['', undefined],
  ])('%s', (uri, expected) => {
    expect(splitSource(uri)).toEqual(expected);
  });

  test.each(['github.com/acme/app', 'https://github.com/acme/app', 'git+https://github.com/acme/app.git', `${APP}/`])(
    '%s is the repository as people write it',
    (text) => {
      expect(normalizeSource(text)).toBe(APP);
    },
  );
});

/** The builders that write provenance, each with a predicate in its own form, shortened. */
const WRITERS: readonly [string, string, unknown, unknown][] = [
  [
    'slsa-github-generator, container',
    V02,
    {
      builder: {
        id: 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0',
      },
      buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
      invocation: {
        configSource: { uri: 'git+https://github.com/acme/app@refs/heads/main', entryPoint: 'release.yml' },
        parameters: { event_inputs: { level: 'prod' } },
        environment: { github_event_name: 'workflow_dispatch' },
      },
      materials: [{ uri: 'git+https://github.com/acme/app@refs/heads/main' }],
    },
    { source: APP, ref: 'refs/heads/main', trigger: 'workflow_dispatch', inputs: { level: 'prod' } },
  ],
  [
    'GitHub artifact attestations',
    V1,
    {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: 'refs/tags/v1.2.3', repository: APP, path: '.github/workflows/release.yml' },
        },
        internalParameters: { github: { event_name: 'push', repository_id: '1', repository_owner_id: '2' } },
        resolvedDependencies: [
          { uri: 'git+https://github.com/acme/app@refs/tags/v1.2.3', digest: { gitCommit: 'ab' } },
        ],
      },
      runDetails: { builder: { id: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3' } },
    },
    { source: APP, ref: 'refs/tags/v1.2.3', trigger: 'push' },
  ],
  [
    'Tekton Chains, v0.2',
    V02,
    {
      builder: { id: 'https://tekton.dev/chains/v2' },
      buildType: 'tekton.dev/v1beta1/TaskRun',
      invocation: { configSource: {}, parameters: { url: APP } },
      materials: [
        { uri: 'oci://alpine', digest: { sha256: 'ab' } },
        { uri: 'git+https://github.com/acme/app.git', digest: { sha1: 'ab' } },
      ],
    },
    { source: APP },
  ],
  [
    'Google Cloud Build',
    V1,
    {
      buildDefinition: {
        buildType: 'https://cloud.google.com/build/gcb-buildtypes/google-worker/v1',
        externalParameters: {
          buildConfigSource: {
            repository: 'git+https://github.com/acme/app',
            ref: 'refs/heads/main',
            path: 'cloudbuild.yaml',
          },
          substitutions: { _TARGET: 'prod' },
        },
        resolvedDependencies: [{ uri: 'git+https://github.com/acme/app@refs/heads/main' }],
      },
      runDetails: { builder: { id: 'https://cloudbuild.googleapis.com/GoogleHostedWorker' } },
    },
    { source: APP, ref: 'refs/heads/main', inputs: { _TARGET: 'prod' } },
  ],
];

describe('what builders write', () => {
  test.each(WRITERS)('%s', (_name, type, predicate, expected) => {
    expect(readProvenance(type, predicate)).toMatchObject(expected as object);
  });

  test('a source that was not among what was fetched is none', () => {
    const predicate = {
      builder: { id: 'b' },
      buildType: 't',
      invocation: { configSource: { uri: 'git+https://github.com/acme/app@refs/heads/main' } },
      materials: [{ uri: 'git+https://github.com/evil/app@refs/heads/main' }],
    };

    expect(readProvenance(V02, predicate)?.source).toBeUndefined();
  });

  test('the same repository at another ref does not count either', () => {
    const predicate = {
      builder: { id: 'b' },
      buildType: 't',
      invocation: { configSource: { uri: 'git+https://github.com/acme/app@refs/heads/main' } },
      materials: [{ uri: 'git+https://github.com/acme/app@refs/heads/feature' }],
    };

    expect(readProvenance(V02, predicate)?.source).toBeUndefined();
  });

  test('of several repositories none is guessed', () => {
    const resolvedDependencies = [
      { uri: 'git+https://github.com/acme/app' },
      { uri: 'git+https://github.com/acme/lib' },
    ];
    const predicate = {
      buildDefinition: { buildType: 't', externalParameters: {}, resolvedDependencies },
      runDetails: { builder: { id: 'b' } },
    };

    expect(readProvenance(V1, predicate)?.source).toBeUndefined();
  });

  test.each([[V02], [V1]])('whatever a predicate of %s holds, nothing is thrown', (type) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (predicate) => {
        expect(() => readProvenance(type, predicate)).not.toThrow();
      }),
    );
  });

  test('the shape of another version is not read', () => {
    expect(readProvenance(V1, WRITERS[0]?.[2])).toBeUndefined();
    expect(readProvenance('https://slsa.dev/provenance/v0.1', WRITERS[0]?.[2])).toBeUndefined();
  });
});

const envelope = z.object({ payload: z.string() });
const file = z.union([
  z.object({ dsseEnvelope: envelope }).transform(({ dsseEnvelope }) => [dsseEnvelope]),
  z
    .object({ attestations: z.array(z.object({ bundle: z.object({ dsseEnvelope: envelope }) })) })
    .transform(({ attestations }) => attestations.map(({ bundle }) => bundle.dsseEnvelope)),
  envelope.transform((one) => [one]),
]);
const statement = z.object({ predicateType: z.string(), predicate: z.unknown() });

function readStatements(path: string): readonly z.infer<typeof statement>[] {
  return file
    .parse(JSON.parse(readFileSync(path, 'utf8')))
    .map(({ payload }) => statement.parse(JSON.parse(Buffer.from(payload, 'base64').toString('utf8'))));
}

describeWithCorpus('real provenance of slsa-github-generator', ['slsa', 'container-based'], () => {
  const top = corpusPath('slsa', 'container-based') ?? '';
  const files = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.intoto\.(?:build\.slsa|sigstore)$/.test(name),
  );

  test('is there', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  test.each(files)('%s', (name) => {
    const [{ predicateType, predicate } = { predicateType: '', predicate: null }] = readStatements(join(top, name));
    const [, version] = /^v(\d+\.\d+\.\d+)/.exec(name) ?? [];
    const tag = /-(v[\d.]+)\.intoto/.exec(name)?.[1];

    expect(readProvenance(predicateType, predicate)).toMatchObject({
      builderId: `https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_container-based_slsa3.yml@refs/tags/v${version}`,
      source: 'https://github.com/slsa-framework/example-package',
      ref: tag === undefined ? 'refs/heads/main' : `refs/tags/${tag}`,
      trigger: tag === undefined ? 'workflow_dispatch' : 'push',
    });
  });
});

describeWithCorpus('real provenance of npm packages', ['slsa', 'npm'], () => {
  test.each([
    [
      'gundam-visor-cli-v1-tag.tgz.json',
      'https://github.com/ramonpetgrave64/gundam-visor',
      'refs/tags/v1.0.1',
      'release',
    ],
    [
      'supreme-googles-cli-v02-tag.tgz.json',
      'https://github.com/trishankatdatadog/supreme-goggles',
      'refs/tags/v1.0.5',
      'release',
    ],
  ])('%s', (name, source, ref, trigger) => {
    const statements = readStatements(corpusPath('slsa', 'npm', 'gha', name) ?? '');
    const read = statements.map(({ predicateType, predicate }) => readProvenance(predicateType, predicate));

    expect(read.filter((one) => one !== undefined)).toMatchObject([{ source, ref, trigger }]);
  });
});
