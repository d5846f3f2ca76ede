import { regionName, repositoryName } from '../../lambdas/core/aws-names.ts';
import type { Digest } from '../../lambdas/core/digest.ts';
import { subjectOfTag } from '../../lambdas/core/events/subject-of-tag.ts';
import { standsForItself } from '../../lambdas/core/images/read-attachment.ts';
import {
  type ArtifactSource,
  LIMITS,
  type Read,
  type Reference,
  type StoredManifest,
} from '../../lambdas/core/images/source.ts';
import { type Io, UsageError } from '../commands/command.ts';
import { SourceError, toSourceError } from '../sources/errors.ts';
import { listTags } from '../sources/list-tags.ts';
import { parseReference } from '../sources/reference.ts';
import { registrySource } from '../sources/registry.ts';

/** An image of a repository. */
export interface Listed {
  readonly digest: Digest;
  readonly tags: readonly string[];
}

/** A repository whose images can be listed. */
export interface Inventory {
  readonly source: ArtifactSource;
  /** The repository without its registry. */
  readonly repository: string;
  /** Pages of images, without what hangs on others and could not be run. Throws SourceError. */
  list(): AsyncIterable<readonly Listed[]>;
}

const ECR = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/(.+)$/;

/**
 * Opens `registry/repository`. A repository of ECR is listed and read over ECR's own API, which knows untagged images; any other by its tags.
 * Throws UsageError for what names no repository.
 */
export async function openInventory(name: string, io: Io): Promise<Inventory> {
  const [, account, region, repository] = ECR.exec(name) ?? [];
  if (account === undefined || region === undefined || repository === undefined) return openRegistry(name, io);
  if (!regionName.safeParse(region).success || !repositoryName.safeParse(repository).success) {
    throw new UsageError(`--repository: ${name} is no repository of ECR`);
  }
  return openEcr({ account, region, repository }, io);
}

async function openEcr(
  where: { readonly account: string; readonly region: string; readonly repository: string },
  io: Io,
): Promise<Inventory> {
  const { account, region, repository } = where;
  const { ecrSource } = await import('../../lambdas/aws/ecr-source.ts');
  const { listImages } = await import('../../lambdas/aws/ecr-inventory.ts');
  const ecr = io.ecrIn?.(region) ?? (await import('../../lambdas/aws/clients/ecr.ts')).ecr(region);
  const source = ecrSource({ ecr, fetch: io.fetch ?? fetch, registryId: account, region, repository });
  return {
    source,
    repository,
    async *list() {
      try {
        for await (const { images, attachments } of listImages(ecr, where)) {
          const runnable = await findRunnable(source, attachments);
          yield [...images, ...runnable].map(({ digest }) => ({ digest, tags: [] }));
        }
      } catch (thrown) {
        throw explainEcr(thrown, repository);
      }
    },
  };
}

/** Those that call themselves attachments and could be run all the same. */
async function findRunnable(
  source: ArtifactSource,
  attachments: readonly { readonly digest: Digest }[],
): Promise<readonly { readonly digest: Digest }[]> {
  const manifests = await readAll(source, attachments);
  return manifests.flatMap((manifest) =>
    manifest !== undefined && standsForItself(manifest, true, LIMITS) ? [manifest] : [],
  );
}

function explainEcr(thrown: unknown, repository: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof SourceError) return thrown;
  const { name, message } = thrown;
  if (name === 'RepositoryNotFoundException')
    return new SourceError('not-found', `there is no repository ${repository}`);
  if (/AccessDenied|UnrecognizedClient|InvalidClientToken|ExpiredToken|CredentialsProvider/.test(name)) {
    return new SourceError('denied', `ecr:DescribeImages on ${repository}: ${message.slice(0, 300)}`, {
      cause: thrown,
    });
  }
  return new SourceError('unreachable', `${repository} could not be listed: ${message.slice(0, 300)}`, {
    cause: thrown,
  });
}

function openRegistry(name: string, io: Io): Inventory {
  const reference = parse(name);
  const options = { fetch: io.fetch ?? fetch, environment: io.environment };
  const source = registrySource(reference, options);
  return {
    source,
    repository: reference.repository,
    async *list() {
      for await (const tags of listTags(reference, options)) {
        yield await resolveTags(source, tags);
      }
    },
  };
}

function parse(name: string) {
  if (name.startsWith('oci:')) throw new UsageError('--repository takes a repository in a registry, no layout');
  try {
    const reference = parseReference(name);
    if (name.includes('@') || name.lastIndexOf(':') > name.lastIndexOf('/')) {
      throw new UsageError('--repository takes a repository without tag and digest');
    }
    return reference;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new UsageError(`--repository: ${error.message}`, { cause: error });
  }
}

/** The images that tags point to, each once. */
async function resolveTags(source: ArtifactSource, tags: readonly string[]): Promise<readonly Listed[]> {
  const manifests = await readAll(
    source,
    tags.map((tag) => ({ tag })),
  );
  const images = new Map<Digest, Listed>();
  for (const [index, manifest] of manifests.entries()) {
    const tag = tags[index] ?? '';
    if (manifest === undefined || !standsForItself(manifest, subjectOfTag(tag) !== undefined, LIMITS)) continue;
    const { digest } = manifest;
    images.set(digest, { digest, tags: [...(images.get(digest)?.tags ?? []), tag] });
  }
  return [...images.values()];
}

/** Reads manifests, undefined for those that were deleted since they were listed. One that cannot be read now is an error: leaving it out would hide an image. */
async function readAll(
  source: ArtifactSource,
  references: readonly Reference[],
): Promise<readonly (StoredManifest | undefined)[]> {
  if (references.length === 0) return [];
  const reads = await source.readManifests(references, { ...LIMITS, totalBytes: LIMITS.manifestBytes * 100 });
  return reads.map((read, index) => takeManifest(read, source.name, references[index]));
}

function takeManifest(
  read: Read<StoredManifest>,
  name: string,
  reference: Reference | undefined,
): StoredManifest | undefined {
  if (read.ok) return read.value;
  if (read.failure.code === 'not-found') return undefined;
  const where = reference === undefined || 'tag' in reference ? `:${reference?.tag ?? ''}` : `@${reference.digest}`;
  throw toSourceError({ ...read.failure, message: `${name}${where}: ${read.failure.message}` });
}
