import type { Digest } from '../../lambdas/core/digest.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { type Observation, verifyImage } from '../../lambdas/core/images/verify-image.ts';
import { ConfigurationError, type Io, UsageError } from '../commands/command.ts';
import type { Described } from '../output/describe-result.ts';
import { type Result, undecided } from '../output/result.ts';
import { SourceError } from '../sources/errors.ts';
import { type OpenedSource, openSource } from '../sources/open-source.ts';
import { type ChosenTrust, isMaterial } from '../trust/choose-trust.ts';
import { IndexLookup } from './look-at-index.ts';
import { notationPorts } from './notation-ports.ts';

/** An image to judge, as the command line names it. */
export interface Named {
  readonly ref: string;
  /** The repository by which trust judges, where it is not that of `ref`. */
  readonly scope?: string | undefined;
  /** A digest or a tag in the same place: an index that may list the image. */
  readonly index?: string | undefined;
}

export interface Judged {
  readonly result: Result;
  readonly described: Described;
}

/** Judges one image on the way that the deployed functions take. Throws UsageError and ConfigurationError for what cannot be asked. */
export async function judgeImage({ ref, scope, index }: Named, trust: ChosenTrust, io: Io): Promise<Judged> {
  expectScope(ref, scope, trust);
  const judgedBy = trust.name;
  const opened = await open(ref, io);
  if (!('source' in opened)) return { result: opened, described: { name: ref, judgedBy } };
  const repository = scope ?? nameRepository(opened, trust);
  const result = await judgeDigest(opened, { repository, index }, trust, io);
  const shown = trust.goesBy === 'nothing' ? undefined : repository;
  return { result, described: { name: opened.name, judgedBy, repository: shown } };
}

/** Judges a digest in an opened source. */
async function judgeDigest(
  { source, digest }: Pick<OpenedSource, 'source' | 'digest'>,
  { repository, index }: { readonly repository: string; readonly index?: string | undefined },
  trust: ChosenTrust,
  io: Io,
): Promise<Result> {
  const material = trust.materialFor(repository);
  if (!isMaterial(material)) return { ...undecided(material, digest), verdict: 'ignored' };
  const clock = io.clock ?? Date.now;
  const image = { source, digest, repository, material, limits: LIMITS, clock, notation: notationPorts(io) };
  if (index === undefined) return toResult(await verifyImage(image), digest);
  const lookup = new IndexLookup(image, index);
  const result = toResult(await verifyImage({ ...image, ...lookup.ports }), digest);
  return result.verdict === 'verified' ? result : { ...result, reasons: [...result.reasons, ...lookup.notes] };
}

function expectScope(ref: string, scope: string | undefined, { goesBy }: ChosenTrust): void {
  if (scope !== undefined && goesBy === 'nothing')
    throw new UsageError('--scope goes with --policy or --notation-config');
  if (scope === undefined && goesBy !== 'nothing' && ref.startsWith('oci:')) {
    throw new UsageError('a layout has no repository name: say with --scope by which one the policy is to judge');
  }
}

/** The name by which trust knows a repository. Notation's policies call Docker Hub `docker.io`. */
export function nameRepository(
  { repository = '', source }: Pick<OpenedSource, 'repository' | 'source'>,
  { goesBy }: ChosenTrust,
): string {
  return goesBy === 'registry-and-repository' ? source.name.replace(/^index\.docker\.io\//, 'docker.io/') : repository;
}

/** Opens what is named; where it cannot be opened that is the result. Throws UsageError for what is no reference. */
async function open(ref: string, io: Io): Promise<OpenedSource | Result> {
  try {
    return await openSource(ref, { environment: io.environment, ...(io.fetch !== undefined && { fetch: io.fetch }) });
  } catch (error) {
    return explainUnopened(error);
  }
}

/** What it means that a source could not be opened. Throws what is the caller's mistake. */
export function explainUnopened(error: unknown): Result {
  if (!(error instanceof SourceError)) throw error;
  const { code, message } = error;
  if (code === 'bad-reference' || code === 'ambiguous') throw new UsageError(message, { cause: error });
  if (code === 'bad-credentials') {
    throw new ConfigurationError([{ file: 'the Docker configuration', path: '', message }]);
  }
  return undecided({ code, message });
}

/** An observation as the command line tells it. */
export function toResult(observation: Observation, digest: Digest): Result {
  switch (observation.kind) {
    case 'decided':
      return { digest, ...observation.decision };
    case 'gone':
      return {
        ...undecided({ code: 'not-found', message: 'The registry has no image with this digest.' }, digest),
        verdict: 'gone',
      };
    case 'ignored': {
      const message = 'No image policy names this repository, and the trust policy ignores such: nothing was verified.';
      return { ...undecided({ code: 'no-policy', message }, digest), verdict: 'ignored' };
    }
    case 'undecided':
      return undecided(observation.reason, digest);
  }
}
