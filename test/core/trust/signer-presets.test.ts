import { describe, expect, test } from 'vitest';
import type { SignerFacts } from '../../../lambdas/core/signature/outcome.ts';
import { matchIdentity } from '../../../lambdas/core/trust/match-identity.ts';
import { signerSchema } from '../../../lambdas/core/trust/signer.ts';

function accepts(preset: unknown, san: string, issuer: string, claims: Record<string, string> = {}): boolean {
  const signer = signerSchema.parse(preset);
  if (!('keyless' in signer)) throw new Error('a preset stands for a certificate identity');
  const facts: SignerFacts = { kind: 'certificate', names: [{ type: 'uri', value: san }], issuer, claims };
  return matchIdentity(facts, signer.keyless).result === 'passed';
}

const GITHUB = 'https://token.actions.githubusercontent.com';
const WORKFLOW = 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main';
const built = { sourceRepositoryUri: 'https://github.com/acme/app', sourceRepositoryRef: 'refs/heads/main' };

describe('github', () => {
  const github = { root: 'sigstore', repository: 'acme/app', workflow: 'release.yml' };

  test.each([
    ['the workflow at any ref', github, WORKFLOW, built, true],
    ['the workflow at its ref', { ...github, ref: 'refs/heads/main' }, WORKFLOW, built, true],
    ['another ref', { ...github, ref: 'refs/heads/release' }, WORKFLOW, built, false],
    ['another workflow', github, WORKFLOW.replace('release', 'other'), built, false],
    ['a workflow whose name fits an expression', github, WORKFLOW.replace('release.yml', 'releaseXyml'), built, false],
    ['a workflow of a repository that goes on', github, WORKFLOW.replace('app/', 'app-2/'), built, false],
    [
      'a build of another repository',
      github,
      WORKFLOW,
      { ...built, sourceRepositoryUri: 'https://github.com/evil/app' },
      false,
    ],
    ['a build that does not say of which repository', github, WORKFLOW, {}, false],
    [
      'the owner by number',
      { ...github, ownerId: '100' },
      WORKFLOW,
      { ...built, sourceRepositoryOwnerId: '100' },
      true,
    ],
    [
      'another owner of the same name',
      { ...github, ownerId: '100' },
      WORKFLOW,
      { ...built, sourceRepositoryOwnerId: '101' },
      false,
    ],
    [
      'a runner of their own',
      { ...github, runner: 'github-hosted' },
      WORKFLOW,
      { ...built, runnerEnvironment: 'self-hosted' },
      false,
    ],
  ])('%s', (_name, preset, san, claims, expected) => {
    expect(accepts({ github: preset }, san, GITHUB, claims)).toBe(expected);
  });

  test('a reusable workflow signs for the repository that uses it', () => {
    const reusable = { ...github, workflow: 'acme/ci/.github/workflows/build.yml', ref: 'refs/heads/main' };
    const san = 'https://github.com/acme/ci/.github/workflows/build.yml@refs/tags/v2';

    expect(accepts({ github: reusable }, san, GITHUB, built)).toBe(true);
    expect(accepts({ github: { ...reusable, workflowRef: 'refs/tags/v1' } }, san, GITHUB, built)).toBe(false);
  });

  test('another issuer is another identity', () => {
    expect(accepts({ github }, WORKFLOW, `${GITHUB}/evil`, built)).toBe(false);
  });
});

test.each([
  [
    'gitlab',
    { gitlab: { root: 'sigstore', project: 'acme/team/app', ref: 'refs/heads/main' } },
    'https://gitlab.com/acme/team/app//.gitlab-ci.yml@refs/heads/main',
    'https://gitlab.com',
    { sourceRepositoryUri: 'https://gitlab.com/acme/team/app', sourceRepositoryRef: 'refs/heads/main' },
  ],
  [
    'buildkite',
    { buildkite: { root: 'sigstore', organization: 'acme', pipeline: 'release' } },
    'https://buildkite.com/acme/release',
    'https://agent.buildkite.com',
    {},
  ],
  [
    'google',
    { google: { root: 'sigstore', email: 'signer@acme.iam.gserviceaccount.com' } },
    'signer@acme.iam.gserviceaccount.com',
    'https://accounts.google.com',
    {},
  ],
  [
    'spiffe',
    { spiffe: { root: 'private', issuer: 'https://oidc.acme.example', id: 'spiffe://acme.example/release/signer' } },
    'spiffe://acme.example/release/signer',
    'https://oidc.acme.example',
    {},
  ],
])('%s names one identity', (_name, preset, san, issuer, claims) => {
  expect(accepts(preset, san, issuer, claims)).toBe(true);
  expect(accepts(preset, `${san}x`, issuer, claims)).toBe(false);
  expect(accepts(preset, san, `${issuer}x`, claims)).toBe(false);
});

test.each([
  ['a repository without owner', { github: { root: 'r', repository: 'app', workflow: 'a.yml' } }],
  ['a ref that is none', { github: { root: 'r', repository: 'acme/app', workflow: 'a.yml', ref: 'main' } }],
  [
    'a ref with a second one',
    { github: { root: 'r', repository: 'acme/app', workflow: 'a.yml', ref: 'refs/heads/a@refs/heads/b' } },
  ],
  ['a workflow that leads elsewhere', { github: { root: 'r', repository: 'acme/app', workflow: '../evil.yml' } }],
  ['a SPIFFE id without a path', { spiffe: { root: 'r', issuer: 'i', id: 'spiffe://acme.example' } }],
  ['a key that is not there', { google: { root: 'r', email: 'a@example.com', mail: 'b@example.com' } }],
])('%s is refused', (_name, preset) => {
  expect(signerSchema.safeParse(preset).success).toBe(false);
});
