import type { SignerFacts } from '../../lambdas/core/signature/outcome.ts';
import type { ProvenanceDemand } from '../../lambdas/core/trust/provenance/demand.ts';
import { normalizeSource, type Provenance } from '../../lambdas/core/trust/provenance/provenance.ts';
import { UsageError } from '../commands/command.ts';
import type { Subject } from './quick-trust.ts';
import { isVersionOf, readTagVersion } from './semantic-version.ts';
import { listGiven, SIGNER_FLAGS, SLSA_FLAGS, type TrustOptions } from './trust-options.ts';

/** What slsa-verifier's flags ask for: provenance that says so, and who has to have signed it where no key or identity is given. */
export interface SlsaTrust {
  readonly demand: ProvenanceDemand & { readonly source: string };
  readonly signer: unknown;
}

const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
const GENERATOR = 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/';
/** The builders that slsa-verifier trusts where none is named (verifiers/internal/gha/builder.go). */
const DEFAULT_BUILDERS: Readonly<Record<Subject, readonly string[]>> = {
  image: ['generator_container_slsa3.yml'],
  file: ['generator_generic_slsa3.yml', 'builder_go_slsa3.yml', 'builder_container-based_slsa3.yml'],
};
/** The builders of GitHub itself, for which the workflow of the repository signs: npm's, and that of GitHub's attestations. */
const RUNNERS = ['https://github.com/actions/runner', 'https://github.com/actions/runner/github-hosted'];
/** A release of a builder is a full version without a pre-release (slsa-verifier, utils.IsValidBuilderTag). */
const RELEASE = 'refs/tags/v(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)';

/**
 * Reads slsa-verifier's flags in its own meaning (slsa-verifier README and verifiers/internal/gha); undefined where none is given. Throws UsageError.
 * Stricter than it: the certificate has to name the source repository (1.3.6.1.4.1.57264.1.12), and pre-releases are compared whole.
 */
export function chooseSlsa(options: TrustOptions, subject: Subject): SlsaTrust | undefined {
  const [first] = listGiven(options, SLSA_FLAGS);
  if (first === undefined) return undefined;
  const uri = options['source-uri'];
  if (uri === undefined) throw new UsageError(`--${first} needs --source-uri: the repository that was built`);
  const source = normalizeSource(uri);
  if (source === undefined) throw new UsageError('--source-uri takes a repository: github.com/acme/app');
  if (options['source-tag'] !== undefined && options['source-versioned-tag'] !== undefined) {
    throw new UsageError('give one of --source-tag and --source-versioned-tag');
  }
  const version = options['source-versioned-tag'];
  if (version !== undefined && readTagVersion(version) === undefined) {
    throw new UsageError('--source-versioned-tag takes a semantic version or its beginning: v1, v1.2, v1.2.3-rc.1');
  }
  const builder = readBuilder(options['builder-id']);
  const bySigner = listGiven(options, SIGNER_FLAGS).length > 0;
  const signer = bySigner ? undefined : describeBuilder(builder, source, subject);
  const also = (provenance: Provenance, facts: SignerFacts) =>
    findBuilderMismatch(provenance, builder) ??
    (bySigner || isRunner(builder) ? undefined : findForeignBuilder(provenance, facts)) ??
    findSourceMismatch(provenance, options);
  return { demand: { source, also }, signer };
}

/** A builder as `--builder-id` names it: without a version any will do. */
interface Builder {
  readonly name: string;
  readonly version: string | undefined;
}

function readBuilder(id: string | undefined): Builder | undefined {
  if (id === undefined) return undefined;
  const [name = '', version, ...more] = id.split('@');
  if (name === '' || version === '' || more.length > 0) throw new UsageError('--builder-id takes NAME or NAME@VERSION');
  return { name, version };
}

function isRunner(builder: Builder | undefined): boolean {
  return builder !== undefined && RUNNERS.includes(builder.name);
}

/** The certificate identity of a builder that runs in GitHub Actions, building `source`. */
function describeBuilder(builder: Builder | undefined, source: string, subject: Subject): unknown {
  if (!/^https:\/\/github\.com\/[^/]+\/[^/]+$/.test(source)) {
    throw new UsageError('--source-uri: builders of GitHub Actions build repositories of github.com only');
  }
  const of = (identityRegex: string, claims = {}) => ({
    keyless: { root: 'root', issuer: GITHUB_ISSUER, identityRegex, claims: { sourceRepositoryUri: source, ...claims } },
  });
  if (builder === undefined) {
    return of(`^${quote(GENERATOR)}(?:${DEFAULT_BUILDERS[subject].map(quote).join('|')})@${RELEASE}$`);
  }
  if (isRunner(builder)) {
    if (builder.version !== undefined) throw new UsageError(`--builder-id: ${builder.name} has no versions`);
    return of(`^${quote(source)}/\\.github/workflows/[^@]+@refs/.+$`, { runnerEnvironment: 'github-hosted' });
  }
  if (!/^https:\/\/github\.com\/[^/]+\/[^/]+\/\.github\/workflows\/[^/]+\.ya?ml$/.test(builder.name)) {
    throw new UsageError(
      `--builder-id: ${builder.name} is no workflow of GitHub; say who signs for it with --key or --certificate-identity`,
    );
  }
  return of(`^${quote(builder.name)}@${RELEASE}$`);
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The name to the letter, the version where one is given, which may leave out `refs/tags/` (slsa-verifier, TrustedBuilderID.MatchesLoose). */
function findBuilderMismatch({ builderId }: Provenance, wanted: Builder | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  if (isRunner(wanted) && RUNNERS.includes(builderId)) return undefined;
  const [name, version, ...more] = builderId.split('@');
  const isVersion =
    wanted.version === undefined || [wanted.version, `refs/tags/${wanted.version}`].includes(version ?? '');
  if (name === wanted.name && more.length === 0 && isVersion) return undefined;
  const shown = wanted.version === undefined ? wanted.name : `${wanted.name}@${wanted.version}`;
  return `the builder is ${builderId}, --builder-id wants ${shown}`;
}

/** A trusted builder signs as itself: it names no other, and no other version, as the builder (slsa-verifier, verifyBuilderIDExactMatch). */
function findForeignBuilder({ builderId }: Provenance, signer: SignerFacts): string | undefined {
  const names = signer.kind === 'certificate' ? signer.names.map(({ value }) => value) : [];
  return names.includes(builderId) ? undefined : `it names the builder ${builderId}, which did not sign it`;
}

function findSourceMismatch(provenance: Provenance, options: TrustOptions): string | undefined {
  const { ref, baseRef } = provenance;
  if (ref === undefined) return 'it names no ref that was built';
  const branch = options['source-branch'];
  if (branch !== undefined) {
    const built = ref.startsWith('refs/heads/') ? ref : ref.startsWith('refs/tags/') ? baseRef : undefined;
    if (built !== `refs/heads/${branch}`)
      return `the branch is ${built ?? 'not named'}, --source-branch wants ${branch}`;
  }
  const tag = options['source-tag'];
  if (tag !== undefined && ref !== `refs/tags/${tag}`) return `the ref is ${ref}, --source-tag wants ${tag}`;
  const version = options['source-versioned-tag'];
  const built = ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined;
  if (version !== undefined && (built === undefined || !isVersionOf(built, version))) {
    return `the ref is ${ref}, --source-versioned-tag wants a tag of version ${version}`;
  }
  return undefined;
}
