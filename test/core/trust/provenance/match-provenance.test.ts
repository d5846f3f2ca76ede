import { describe, expect, test } from 'vitest';
import type { SignerFacts } from '../../../../lambdas/core/signature/outcome.ts';
import { type ProvenanceDemand, provenanceDemandSchema } from '../../../../lambdas/core/trust/provenance/demand.ts';
import { findProvenanceMismatch } from '../../../../lambdas/core/trust/provenance/match-provenance.ts';
import type { Provenance } from '../../../../lambdas/core/trust/provenance/provenance.ts';
import { findSummaryMismatch } from '../../../../lambdas/core/trust/provenance/summary.ts';
import { isInRange, parseVersion, parseVersionRange } from '../../../../lambdas/core/trust/provenance/version-range.ts';

const GENERATOR =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml';
const built: Provenance = {
  builderId: `${GENERATOR}@refs/tags/v2.1.0`,
  buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
  source: 'https://github.com/acme/app',
  ref: 'refs/tags/v1.2.3',
  trigger: 'push',
  inputs: { level: 'prod', dry: false },
};
const key: SignerFacts = { kind: 'key' };

function mismatch(demand: ProvenanceDemand, changes: Partial<Provenance> = {}, signer = key): string | undefined {
  return findProvenanceMismatch({ ...built, ...changes }, provenanceDemandSchema.parse(demand), signer);
}

describe('provenance fulfils', () => {
  test.each<[string, ProvenanceDemand]>([
    ['nothing in particular', {}],
    ['its builder to the letter', { builder: `${GENERATOR}@refs/tags/v2.1.0` }],
    ['its builder in a range', { builder: GENERATOR, builderVersion: '>=2.0.0 <3.0.0' }],
    ['its source as people write it', { source: 'github.com/acme/app' }],
    ['its source as builders write it', { source: 'git+https://github.com/acme/app' }],
    ['its ref', { ref: 'refs/tags/v1.2.3' }],
    ['its tag', { tag: 'v1.2.3' }],
    ['the beginning of its version', { versionedTag: 'v1.2' }],
    ['its trigger', { trigger: 'push' }],
    ['some of its inputs', { inputs: { level: 'prod', dry: false } }],
  ])('%s', (_name, demand) => {
    expect(mismatch(demand)).toBeUndefined();
  });
});

describe('provenance does not fulfil', () => {
  test.each<[string, ProvenanceDemand, Partial<Provenance>?]>([
    ['a builder at another ref', { builder: GENERATOR }],
    [
      'a builder whose id goes on',
      { builder: GENERATOR, builderVersion: '>=2.0.0' },
      { builderId: `${GENERATOR}.evil@refs/tags/v2.1.0` },
    ],
    ['an older builder', { builder: GENERATOR, builderVersion: '>=2.1.1' }],
    [
      'a branch of the builder as a release',
      { builder: GENERATOR, builderVersion: '>=2.0.0' },
      { builderId: `${GENERATOR}@refs/heads/v2.1.0` },
    ],
    [
      'a pre-release of the builder',
      { builder: GENERATOR, builderVersion: '>=2.0.0' },
      { builderId: `${GENERATOR}@refs/tags/v2.1.0-rc.1` },
    ],
    [
      'a second ref in the id',
      { builder: GENERATOR, builderVersion: '>=2.0.0' },
      { builderId: `${GENERATOR}@refs/tags/v9.9.9@refs/tags/v2.1.0` },
    ],
    ['a source that goes on', { source: 'github.com/acme/ap' }],
    ['a source that ends earlier', { source: 'github.com/acme/app-2' }],
    ['another host', { source: 'gitlab.com/acme/app' }],
    ['no source', { source: 'github.com/acme/app' }, { source: undefined } as Partial<Provenance>],
    ['a branch named like a tag', { branch: 'v1.2.3' }],
    ['a tag named like a branch', { tag: 'v1.2.3' }, { ref: 'refs/heads/v1.2.3' }],
    ['a longer version that begins with the same digits', { versionedTag: 'v1.2' }, { ref: 'refs/tags/v1.20.0' }],
    ['a pre-release', { versionedTag: 'v1.2' }, { ref: 'refs/tags/v1.2.3-rc.1' }],
    ['a version without its v', { versionedTag: 'v1.2' }, { ref: 'refs/tags/1.2.3' }],
    ['a less exact tag', { versionedTag: 'v1.2.3' }, { ref: 'refs/tags/v1.2' }],
    ['a branch as a version', { versionedTag: 'v1.2' }, { ref: 'refs/heads/v1.2.3' }],
    ['no ref', { branch: 'main' }, { ref: undefined } as Partial<Provenance>],
    ['another trigger', { trigger: 'schedule' }],
    ['another input', { inputs: { level: 'dev' } }],
    ['an input of another type', { inputs: { dry: 'false' } }],
    ['an input of the prototype', { inputs: { toString: 'x' } }],
    ['another build type', { buildType: 'https://example.com/other' }],
  ])('%s', (_name, demand, changes) => {
    expect(mismatch(demand, changes)).toEqual(expect.any(String));
  });
});

describe('who signed provenance', () => {
  const signedIn = (sourceRepositoryUri: string, sourceRepositoryRef: string): SignerFacts => ({
    kind: 'certificate',
    names: [],
    issuer: 'https://token.actions.githubusercontent.com',
    claims: { sourceRepositoryUri, sourceRepositoryRef },
  });

  test('worked for the source that it names', () => {
    expect(mismatch({}, {}, signedIn('https://github.com/acme/app', 'refs/tags/v1.2.3'))).toBeUndefined();
  });

  test.each([
    ['another repository', signedIn('https://github.com/evil/app', 'refs/tags/v1.2.3')],
    ['another ref', signedIn('https://github.com/acme/app', 'refs/heads/feature')],
  ])('and not for %s, whatever the policy asks', (_name, signer) => {
    expect(mismatch({}, {}, signer)).toEqual(expect.any(String));
  });
});

describe('what a policy may demand', () => {
  test.each([
    [{ branch: 'main', tag: 'v1' }],
    [{ builderVersion: '>=2.0.0' }],
    [{ builder: GENERATOR, builderVersion: '^2.0.0' }],
    [{ builder: GENERATOR, builderVersion: '>=2' }],
    [{ versionedTag: 'v1.2-rc' }],
    [{ source: 'not a repository' }],
    [{ soruce: 'github.com/acme/app' }],
  ])('%j is refused', (demand) => {
    expect(provenanceDemandSchema.safeParse(demand).success).toBe(false);
  });
});

describe('version ranges', () => {
  test.each([
    ['v2.1.0', '>=2.0.0 <3.0.0', true],
    ['2.1.0', 'v2.1.0', true],
    ['2.10.0', '>2.9.9', true],
    ['3.0.0', '>=2.0.0 <3.0.0', false],
    ['2.0.0', '<=2.0.0', true],
    ['2.0.1', '=2.0.0', false],
  ])('%s in %s: %s', (version, range, expected) => {
    const [read, bounds] = [parseVersion(version), parseVersionRange(range)];

    expect(read !== undefined && bounds !== undefined && isInRange(read, bounds)).toBe(expected);
  });

  test.each(['2.1', 'v2.1.0-rc.1', '2.1.0.0', '02.1.0', 'latest', ''])('%s is no version', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe('a verification summary', () => {
  const summary = {
    verifier: { id: 'https://example.com/verifier' },
    timeVerified: '2026-01-01T00:00:00Z',
    resourceUri: 'registry.example.com/acme/app',
    policy: { uri: 'https://example.com/policy' },
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'ACME_REVIEWED'],
  };
  const demand = { verifier: 'https://example.com/verifier', levels: ['SLSA_BUILD_LEVEL_2', 'ACME_REVIEWED'] };

  test('of the verifier, passed, at the level or above', () => {
    expect(findSummaryMismatch(summary, demand)).toBeUndefined();
  });

  test.each([
    ['failed', { verificationResult: 'FAILED' }],
    ['by another verifier', { verifier: { id: 'https://example.com/verifier2' } }],
    ['at a lower level', { verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'ACME_REVIEWED'] }],
    ['of another track', { verifiedLevels: ['SLSA_SOURCE_LEVEL_3', 'ACME_REVIEWED'] }],
    ['at a level that is none', { verifiedLevels: ['SLSA_BUILD_LEVEL_33', 'ACME_REVIEWED'] }],
    ['without a level', { verifiedLevels: undefined }],
  ])('%s is refused', (_name, changes) => {
    expect(findSummaryMismatch({ ...summary, ...changes }, demand)).toEqual(expect.any(String));
  });

  test('of another resource is refused where one is demanded', () => {
    expect(findSummaryMismatch(summary, { ...demand, resourceUri: 'registry.example.com/acme/other' })).toEqual(
      expect.any(String),
    );
  });
});
