import * as z from 'zod';
import { name } from './requirement.ts';

/** Part of a path or URL as CI systems allow it in names. It goes into identities to the letter, or quoted into expressions. */
const part = z
  .string()
  .max(256)
  .regex(/^[\w.-]+$/, 'use letters, digits, . _ and -');
const path = z
  .string()
  .max(1024)
  .regex(/^[\w.-]+(?:\/[\w.-]+)+$/, 'write owner/name');
const ref = z
  .string()
  .max(1024)
  .regex(/^refs\/[^\s@\p{C}]+$/u, 'write a whole ref: refs/heads/main');
const id = z.string().regex(/^\d{1,20}$/, 'use the number as a text');
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9.-]+(?::\d{1,5})?$/, 'write a host name');

/** What the presets stand for. */
interface Identity {
  readonly root: string;
  readonly issuer: string;
  readonly identity?: string;
  readonly identityRegex?: string;
  readonly claims?: Readonly<Record<string, string>>;
  readonly transparencyLog: 'required';
  readonly certificateTimestamp: 'required';
}

const PROOFS = { transparencyLog: 'required', certificateTimestamp: 'required' } as const;

/**
 * A workflow of GitHub Actions (fulcio/docs/oidc.md, GitHub). `workflow` is a file of the repository's own `.github/workflows`, or a reusable one by its path
 * `owner/name/.github/workflows/file.yml`, whose ref is then free unless `workflowRef` says which.
 */
export const githubSchema = z.strictObject({
  root: name,
  repository: path,
  workflow: z.union([
    part,
    z
      .string()
      .max(1024)
      .regex(
        /^[\w.-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+$/,
        'write a file name or owner/name/.github/workflows/file.yml',
      ),
  ]),
  workflowRef: ref.optional(),
  /** The ref of the repository that was built. */
  ref: ref.optional(),
  repositoryId: id.optional(),
  ownerId: id.optional(),
  environment: z.string().min(1).max(256).optional(),
  trigger: part.optional(),
  runner: z.enum(['github-hosted', 'self-hosted']).optional(),
});

export function expandGithub(github: z.output<typeof githubSchema>): Identity {
  const { repository, workflow } = github;
  const own = !workflow.includes('/');
  const file = own ? `${repository}/.github/workflows/${workflow}` : workflow;
  const signerRef = github.workflowRef ?? (own ? github.ref : undefined);
  return {
    root: github.root,
    issuer: 'https://token.actions.githubusercontent.com',
    ...named(`https://github.com/${file}@`, signerRef),
    claims: keep({
      sourceRepositoryUri: `https://github.com/${repository}`,
      sourceRepositoryRef: github.ref,
      sourceRepositoryId: github.repositoryId,
      sourceRepositoryOwnerId: github.ownerId,
      deploymentEnvironment: github.environment,
      buildTrigger: github.trigger,
      runnerEnvironment: github.runner,
    }),
    ...PROOFS,
  };
}

/** A pipeline of GitLab CI/CD (fulcio/docs/oidc.md, GitLab). */
export const gitlabSchema = z.strictObject({
  root: name,
  host: host.default('gitlab.com'),
  project: path,
  config: z
    .string()
    .max(1024)
    .regex(/^[\w./-]+$/)
    .default('.gitlab-ci.yml'),
  ref: ref.optional(),
  projectId: id.optional(),
  environment: z.string().min(1).max(256).optional(),
  runner: z.enum(['gitlab-hosted', 'self-hosted']).optional(),
});

export function expandGitlab(gitlab: z.output<typeof gitlabSchema>): Identity {
  const origin = `https://${gitlab.host}`;
  return {
    root: gitlab.root,
    issuer: origin,
    ...named(`${origin}/${gitlab.project}//${gitlab.config}@`, gitlab.ref),
    claims: keep({
      sourceRepositoryUri: `${origin}/${gitlab.project}`,
      sourceRepositoryRef: gitlab.ref,
      sourceRepositoryId: gitlab.projectId,
      deploymentEnvironment: gitlab.environment,
      runnerEnvironment: gitlab.runner,
    }),
    ...PROOFS,
  };
}

/** A pipeline of Buildkite (fulcio/docs/oidc.md, Buildkite). */
export const buildkiteSchema = z.strictObject({ root: name, organization: part, pipeline: part });

export function expandBuildkite({ root, organization, pipeline }: z.output<typeof buildkiteSchema>): Identity {
  const identity = `https://buildkite.com/${organization}/${pipeline}`;
  return { root, issuer: 'https://agent.buildkite.com', identity, ...PROOFS };
}

/** A service account or a person of Google, by the email address. */
export const googleSchema = z.strictObject({ root: name, email: z.email().max(254) });

export function expandGoogle({ root, email }: z.output<typeof googleSchema>): Identity {
  return { root, issuer: 'https://accounts.google.com', identity: email, ...PROOFS };
}

/** A workload by its SPIFFE id (SPIFFE-ID, section 2), as a private Fulcio certifies it. */
export const spiffeSchema = z.strictObject({
  root: name,
  issuer: z.string().min(1).max(2048),
  id: z
    .string()
    .max(2048)
    .regex(/^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[\w.-]+)+$/, 'write a SPIFFE id: spiffe://trust-domain/path'),
});

export function expandSpiffe({ root, issuer, id: identity }: z.output<typeof spiffeSchema>): Identity {
  return { root, issuer, identity, ...PROOFS };
}

/** The name that begins so, at one ref or at any. */
function named(prefix: string, at: string | undefined): Pick<Identity, 'identity' | 'identityRegex'> {
  return at === undefined
    ? { identityRegex: `^${prefix.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}refs/.+$` }
    : { identity: `${prefix}${at}` };
}

function keep(claims: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
