import { z } from 'zod';
import { type Digest, digestOf, isDigest } from '../../lambdas/core/digest.ts';
import {
  ACCEPTED_MANIFEST_TYPES,
  inferManifestType,
  MANIFEST_TYPES,
  readManifestJson,
} from '../../lambdas/core/images/manifest.ts';
import {
  checkBlob,
  collectBytes,
  failed,
  failedReading,
  keepWithin,
  mapConcurrently,
  readBlobsWithin,
} from '../../lambdas/core/images/read-bytes.ts';
import type {
  ArtifactSource,
  BlobRequest,
  Limits,
  ListedReferrer,
  Read,
  ReadFailure,
  Reference,
  ReferrerListing,
  StoredManifest,
} from '../../lambdas/core/images/source.ts';
import { SourceError } from './errors.ts';
import type { ImageReference } from './reference.ts';
import { RegistryClient, type RegistryOptions } from './registry-client.ts';

const REQUESTS_AT_ONCE = 8;
/** Content types that say nothing about a manifest. */
const GENERIC_TYPES = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

/**
 * One repository of any registry that speaks OCI distribution 1.1 or earlier. Every method ends after `limits.milliseconds`; the answers to tags
 * are whatever the registry says, the answers to digests are checked.
 */
export function registrySource(reference: ImageReference, options: RegistryOptions): ArtifactSource {
  const client = new RegistryClient(reference, options);
  return {
    name: reference.name,
    async readManifests(references, limits) {
      const signal = AbortSignal.timeout(limits.milliseconds);
      const reads = await mapConcurrently(references, REQUESTS_AT_ONCE, (one) =>
        readManifest(client, one, limits, signal),
      );
      return keepWithin(reads, limits);
    },
    listReferrers(subject, limits) {
      return listReferrers(client, subject, limits, AbortSignal.timeout(limits.milliseconds));
    },
    readBlobs(blobs, limits) {
      const signal = AbortSignal.timeout(limits.milliseconds);
      return readBlobsWithin(blobs, limits, REQUESTS_AT_ONCE, (blob) => readBlob(client, blob, signal));
    },
  };
}

/** GET /v2/<repository>/manifests/<reference>. */
async function readManifest(
  client: RegistryClient,
  reference: Reference,
  limits: Limits,
  signal: AbortSignal,
): Promise<Read<StoredManifest>> {
  const key = 'digest' in reference ? reference.digest : reference.tag;
  const what = `the manifest ${key}`;
  try {
    const response = await client.get(client.urlOf(`manifests/${key}`), ACCEPTED_MANIFEST_TYPES.join(', '), signal);
    if (response.status !== 200) return await refuse(response, what);
    const bytes = await collectBytes(response.body, limits.manifestBytes, signal);
    if (bytes === undefined)
      return failed('too-large', `${what} has more than ${limits.manifestBytes} bytes`, 'manifest-bytes');
    const digest = digestOf(bytes);
    const claimed = 'digest' in reference ? reference.digest : response.headers.get('docker-content-digest');
    if (isDigest(claimed) && claimed !== digest) return failed('digest-mismatch', `${what} has the digest ${digest}`);
    const said = response.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
    const mediaType = GENERIC_TYPES.has(said) ? inferManifestType(bytes, limits) : said;
    if (mediaType === undefined) return failed('malformed', `${what} is not a manifest`);
    return { ok: true, value: { digest, mediaType, bytes } };
  } catch (thrown) {
    return explain(what, thrown, signal);
  }
}

const referrersSchema = z.object({
  manifests: z
    .array(z.object({ digest: z.string(), artifactType: z.string().optional(), size: z.number().optional() }))
    .nullish()
    .transform((list) => list ?? []),
});

/**
 * GET /v2/<repository>/referrers/<digest>, all pages (OCI distribution-spec, "Listing Referrers"). A registry without this API answers 404, and some
 * 400, 405 or a page of HTML: then the listing is empty and the fallback tag, which is always read, has the word.
 */
async function listReferrers(
  client: RegistryClient,
  subject: Digest,
  limits: Limits,
  signal: AbortSignal,
): Promise<Read<ReferrerListing>> {
  const what = `the referrers of ${subject}`;
  const referrers: ListedReferrer[] = [];
  let unusable = 0;
  try {
    let url = client.urlOf(`referrers/${subject}`);
    for (let page = 0; page < limits.referrerPages; page += 1) {
      const response = await client.get(url, MANIFEST_TYPES.ociIndex, signal);
      const isIndex = response.headers.get('content-type')?.split(';')[0]?.trim() === MANIFEST_TYPES.ociIndex;
      if (page === 0 && (hasNoReferrersApi(response.status) || (response.status === 200 && !isIndex))) {
        await response.body?.cancel();
        return { ok: true, value: { referrers: [] } };
      }
      if (response.status !== 200) return await refuse(response, what);
      const bytes = await collectBytes(response.body, limits.manifestBytes, signal);
      if (bytes === undefined) return failed('too-large', `a page of ${what} is too long`, 'manifest-bytes');
      const listed = referrersSchema.safeParse(readManifestJson(bytes, limits.manifestBytes));
      if (!listed.success) return failed('malformed', `${what}: the answer is not an index`);
      for (const { digest, artifactType, size } of listed.data.manifests) {
        if (isDigest(digest)) referrers.push({ digest, artifactType, size });
        else unusable += 1;
      }
      if (referrers.length > limits.referrers) {
        return {
          ok: true,
          value: { referrers: referrers.slice(0, limits.referrers), truncatedBy: 'referrers', unusable },
        };
      }
      const next = nextPage(response.headers.get('link'), url);
      if (next === undefined) return { ok: true, value: { referrers, unusable } };
      // A page elsewhere would make this client fetch what the registry wants it to
      if (next.origin !== client.origin || !next.pathname.startsWith('/v2/')) {
        return failed('malformed', `${what}: the next page is not at the registry`);
      }
      url = next;
    }
    return { ok: true, value: { referrers, truncatedBy: 'referrer-pages', unusable } };
  } catch (thrown) {
    return explain(what, thrown, signal);
  }
}

function hasNoReferrersApi(status: number): boolean {
  return status === 404 || status === 400 || status === 405 || status === 406;
}

/** The target of `Link: <…>; rel="next"` (RFC 8288). A link that cannot be read counts as one to nowhere, not as the end. */
export function nextPage(link: string | null, from: URL): URL | undefined {
  if (link === null) return undefined;
  const [, target] = /<([^<>]{1,4096})>\s*;[^<]{0,200}\brel="?next\b/i.exec(link.slice(0, 8192)) ?? [];
  if (target === undefined) return undefined;
  return URL.parse(target, from) ?? new URL('about:blank');
}

/** GET /v2/<repository>/blobs/<digest>. */
async function readBlob(client: RegistryClient, blob: BlobRequest, signal: AbortSignal): Promise<Read<Uint8Array>> {
  const what = `the layer ${blob.digest}`;
  try {
    const response = await client.get(client.urlOf(`blobs/${blob.digest}`), '*/*', signal);
    if (response.status !== 200) return await refuse(response, what);
    const bytes = await collectBytes(response.body, blob.size, signal);
    if (bytes === undefined)
      return failed('too-large', `${what} is longer than the ${blob.size} bytes of its descriptor`);
    return checkBlob(bytes, blob);
  } catch (thrown) {
    return explain(what, thrown, signal);
  }
}

async function refuse(response: Response, what: string): Promise<{ ok: false; failure: ReadFailure }> {
  await response.body?.cancel();
  const message = `${what}: the registry answered ${response.status}`;
  if (response.status === 404) return failed('not-found', message);
  return failed(response.status === 401 || response.status === 403 ? 'denied' : 'transient', message);
}

function explain(what: string, thrown: unknown, signal: AbortSignal): { ok: false; failure: ReadFailure } {
  if (!(thrown instanceof SourceError) || signal.aborted) return failedReading(what, describeNetwork(thrown), signal);
  const code = thrown.code === 'malformed' ? 'malformed' : thrown.code === 'unreachable' ? 'transient' : 'denied';
  return failed(code, `${what}: ${thrown.message}`);
}

/** fetch says only "fetch failed"; its cause says what failed. */
function describeNetwork(thrown: unknown): unknown {
  return thrown instanceof TypeError && thrown.cause instanceof Error ? thrown.cause : thrown;
}
