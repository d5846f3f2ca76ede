import type { Digest } from '../../lambdas/core/digest.ts';
import { type ArtifactSource, LIMITS, type Limits } from '../../lambdas/core/images/source.ts';
import { SourceError, toSourceError } from './errors.ts';
import { openLayout } from './layout.ts';
import { parseReference } from './reference.ts';
import { registrySource } from './registry.ts';
import type { RegistryOptions } from './registry-client.ts';

/** An image, found: where it is, which digest, and what to call it. */
export interface OpenedSource {
  readonly source: ArtifactSource;
  readonly digest: Digest;
  /** For people: `ghcr.io/acme/app@sha256:…`, `oci:folder@sha256:…`. */
  readonly name: string;
  /** The repository without its registry, to be matched by a trust policy; undefined for a layout, which has none. */
  readonly repository: string | undefined;
}

export interface OpenOptions extends Partial<RegistryOptions> {
  readonly limits?: Limits;
}

/**
 * Opens what a user names: `oci:DIR`, `oci:DIR@sha256:…`, `oci:DIR:tag`, or a registry reference. A tag is resolved here, once; everything after
 * goes by the digest. Throws SourceError.
 */
export async function openSource(ref: string, options: OpenOptions = {}): Promise<OpenedSource> {
  const limits = options.limits ?? LIMITS;
  if (ref.startsWith('oci:')) {
    const { source, digest } = await openLayout(ref.slice('oci:'.length), limits);
    return { source, digest, name: `oci:${source.name}@${digest}`, repository: undefined };
  }
  const reference = parseReference(ref);
  const source = registrySource(reference, {
    fetch: options.fetch ?? fetch,
    environment: options.environment ?? process.env,
  });
  const digest = reference.digest ?? (await resolveTag(source, reference.tag, limits));
  return { source, digest, name: `${reference.name}@${digest}`, repository: reference.repository };
}

async function resolveTag(source: ArtifactSource, tag: string | undefined, limits: Limits): Promise<Digest> {
  if (tag === undefined) throw new SourceError('bad-reference', 'name a tag or a digest');
  const [read] = await source.readManifests([{ tag }], limits);
  if (read?.ok) return read.value.digest;
  throw read === undefined
    ? new SourceError('unreachable', `${source.name}:${tag} was not answered`)
    : toSourceError({ ...read.failure, message: `${source.name}:${tag}: ${read.failure.message}` });
}
