import {
  BatchGetImageCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  type ImageIdentifier,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { ecrSource } from '../../lambdas/aws/ecr-source.ts';
import { type Digest, digestOf, hexOf, parseDigest } from '../../lambdas/core/digest.ts';
import { findSignatures } from '../../lambdas/core/images/find-signatures.ts';
import { rebuildPayload } from '../../lambdas/core/images/signature-manifest.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { type Artifact, buildImage } from '../../local/sigstore/images.ts';
import { LegCounter } from '../support/counting-source.ts';
import { BUNDLE, blobOf, referrerOf, SIMPLE_SIGNING } from '../support/memory-source.ts';

const NAME = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/app';
const image = buildImage('an image');
const tag = `sha256-${hexOf(image.digest)}`;
const ecr = new ECRClient({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
const mock = mockClient(ecr);
beforeEach(() => mock.reset());

const refuseToFetch: typeof fetch = async () => {
  throw new Error('nothing was to be fetched');
};

function sourceWith(fetchLayer: typeof fetch = refuseToFetch) {
  return ecrSource({ ecr, fetch: fetchLayer, registryId: '111122223333', region: 'eu-west-1', repository: 'acme/app' });
}

/** What the AWS SDK throws: an error whose name is the exception. */
function thrown(name: string): Error {
  return Object.assign(new Error(`about ${name}`), { name });
}

function respondWith(...responses: readonly (() => Response)[]): typeof fetch {
  let next = 0;
  return async () => {
    const respond = responses[Math.min(next, responses.length - 1)];
    next += 1;
    if (respond === undefined) throw new Error('no response');
    return respond();
  };
}

function answerImages(
  artifacts: readonly Artifact[],
  tags: Readonly<Record<string, Digest>> = {},
  answer = async (output: object) => output,
) {
  mock.on(BatchGetImageCommand).callsFake(({ imageIds }: { imageIds: ImageIdentifier[] }) => {
    const pairs = imageIds.map((imageId) => {
      const digest = imageId.imageDigest ?? tags[imageId.imageTag ?? ''];
      return { imageId, found: artifacts.find((artifact) => artifact.digest === digest) };
    });
    return answer({
      // ECR answers in an order of its own
      images: pairs
        .flatMap(({ imageId, found }) =>
          found === undefined
            ? []
            : [
                {
                  imageId: { ...imageId, imageDigest: found.digest },
                  imageManifest: found.manifest.toString(),
                  imageManifestMediaType: found.mediaType,
                },
              ],
        )
        .reverse(),
      failures: pairs.flatMap(({ imageId, found }) =>
        found === undefined ? [{ imageId, failureCode: 'ImageNotFound', failureReason: 'not there' }] : [],
      ),
    });
  });
}

describe('manifests', () => {
  test('come by digest and by tag, in the order of the requests', async () => {
    answerImages([image], { v1: image.digest });

    const reads = await sourceWith().readManifests(
      [{ tag: 'nothing' }, { tag: 'v1' }, { digest: image.digest }, { digest: image.digest }],
      LIMITS,
    );

    const stored = { digest: image.digest, mediaType: image.mediaType, bytes: image.manifest };
    expect(reads).toEqual([
      { ok: false, failure: { code: 'not-found', message: 'BatchGetImage: ImageNotFound: not there' } },
      { ok: true, value: stored },
      { ok: true, value: stored },
      { ok: true, value: stored },
    ]);
    expect(mock.commandCalls(BatchGetImageCommand)[0]?.args[0].input).toMatchObject({
      registryId: '111122223333',
      repositoryName: 'acme/app',
      imageIds: [{ imageTag: 'nothing' }, { imageTag: 'v1' }, { imageDigest: image.digest }],
      acceptedMediaTypes: expect.arrayContaining([
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.artifact.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
      ]),
    });
  });

  test('are asked for by the hundred', async () => {
    const artifacts = Array.from({ length: 250 }, (_, at) => referrerOf(image, [blobOf(BUNDLE, `{"n":${at}}`)]));
    answerImages(artifacts);

    const reads = await sourceWith().readManifests(artifacts, LIMITS);

    expect(reads.map((read) => read.ok && read.value.digest)).toEqual(artifacts.map(({ digest }) => digest));
    const sizes = mock.commandCalls(BatchGetImageCommand).map((call) => call.args[0].input.imageIds?.length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  test('with other bytes than their digest are refused', async () => {
    const altered = { ...image, manifest: Buffer.from(`${image.manifest} `) };
    answerImages([altered], { v1: image.digest });

    const reads = await sourceWith().readManifests([{ digest: image.digest }, { tag: 'v1' }], LIMITS);

    expect(reads).toMatchObject([{ failure: { code: 'digest-mismatch' } }, { failure: { code: 'digest-mismatch' } }]);
  });

  test('beyond the bounds are refused', async () => {
    answerImages([image]);
    const read = (limits: object) => sourceWith().readManifests([{ digest: image.digest }], { ...LIMITS, ...limits });

    expect(await read({ manifestBytes: 10 })).toMatchObject([
      { failure: { code: 'too-large', bound: 'manifest-bytes' } },
    ]);
    expect(await read({ totalBytes: 10 })).toMatchObject([{ failure: { code: 'too-large', bound: 'total-bytes' } }]);
  });

  test.each([
    ['ImageNotFound', 'not-found'],
    ['ImageTagDoesNotMatchDigest', 'not-found'],
    ['UpstreamAccessDenied', 'denied'],
    ['KmsError', 'denied'],
    ['InvalidImageTag', 'malformed'],
    ['UpstreamTooManyRequests', 'transient'],
    ['UpstreamUnavailable', 'transient'],
    ['ImageInaccessible', 'transient'],
    ['SomethingNew', 'transient'],
  ])('the failure %s is %s', async (failureCode, code) => {
    const failures = [{ imageId: { imageTag: 'v1' }, failureCode, failureReason: 'why' }];
    mock.on(BatchGetImageCommand).callsFake(() => ({ failures }));

    expect(await sourceWith().readManifests([{ tag: 'v1' }], LIMITS)).toMatchObject([{ failure: { code } }]);
  });

  test.each([
    ['RepositoryNotFoundException', 'not-found'],
    ['AccessDeniedException', 'denied'],
    ['ExpiredTokenException', 'denied'],
    ['ThrottlingException', 'transient'],
    ['ServerException', 'transient'],
    ['TypeError', 'transient'],
  ])('the exception %s is %s, and keeps its name', async (name, code) => {
    mock.on(BatchGetImageCommand).rejects(thrown(name));

    const [read] = await sourceWith().readManifests([{ tag: 'v1' }], LIMITS);

    expect(read).toMatchObject({ ok: false, failure: { code, message: expect.stringContaining(name) } });
  });

  test('that ECR leaves unanswered are transient', async () => {
    mock.on(BatchGetImageCommand).resolves({ images: [], failures: [] });

    const reads = await sourceWith().readManifests([{ tag: 'v1' }, { digest: image.digest }], LIMITS);

    expect(reads).toMatchObject([{ failure: { code: 'transient' } }, { failure: { code: 'transient' } }]);
  });
});

describe('referrers', () => {
  const listed = (at: number) => ({ digest: digestOf(`${at}`), mediaType: 'm', artifactType: 'a', size: at });

  test('of every storage status are listed over all pages', async () => {
    mock
      .on(ListImageReferrersCommand)
      .resolvesOnce({ referrers: Array.from({ length: 50 }, (_, at) => listed(at)), nextToken: 'more' })
      .resolvesOnce({ referrers: [listed(50), { ...listed(51), digest: `sha512:${'a'.repeat(128)}` }] });

    const listing = await sourceWith().listReferrers(image.digest, LIMITS);

    expect(listing).toMatchObject({ ok: true, value: { unusable: 1 } });
    expect(listing.ok && listing.value.referrers).toHaveLength(51);
    const inputs = mock.commandCalls(ListImageReferrersCommand).map((call) => call.args[0].input);
    expect(inputs).toEqual([
      {
        registryId: '111122223333',
        repositoryName: 'acme/app',
        subjectId: { imageDigest: image.digest },
        filter: { artifactStatus: 'ANY' },
        maxResults: 50,
      },
      expect.objectContaining({ nextToken: 'more' }),
    ]);
  });

  test('without an end stop at the bound on pages, or on referrers', async () => {
    mock.on(ListImageReferrersCommand).resolves({ referrers: [listed(1)], nextToken: 'again' });
    const list = (limits: object) => sourceWith().listReferrers(image.digest, { ...LIMITS, ...limits });

    expect(await list({ referrerPages: 3 })).toMatchObject({ value: { truncatedBy: 'referrer-pages' } });
    expect(mock.commandCalls(ListImageReferrersCommand)).toHaveLength(3);
    expect(await list({ referrers: 4 })).toMatchObject({
      value: { truncatedBy: 'referrers', referrers: { length: 4 } },
    });
  });

  test('that are throttled on the second page are transient as a whole', async () => {
    mock
      .on(ListImageReferrersCommand)
      .resolvesOnce({ referrers: [listed(1)], nextToken: 'more' })
      .rejects(thrown('ThrottlingException'));

    const listing = await sourceWith().listReferrers(image.digest, LIMITS);

    expect(listing).toMatchObject({ ok: false, failure: { code: 'transient' } });
  });
});

describe('layers', () => {
  const blob = blobOf(BUNDLE, 'the layer');
  const request = { digest: blob.digest, size: blob.bytes.length };
  const good = () => new Response(Uint8Array.from(blob.bytes));
  const redirect = (location: string) => () => new Response(null, { status: 307, headers: { location } });

  async function readWith(fetchLayer: typeof fetch, downloadUrl: string | undefined = 'https://storage.test/x') {
    mock.on(GetDownloadUrlForLayerCommand).resolves({ downloadUrl, layerDigest: blob.digest });
    const [read] = await sourceWith(fetchLayer).readBlobs([request], LIMITS);
    return read;
  }

  test('come from the storage', async () => {
    expect(await readWith(respondWith(good))).toEqual({ ok: true, value: blob.bytes });
  });

  test('are followed over https', async () => {
    const read = await readWith(respondWith(redirect('https://elsewhere.test/y'), good));

    expect(read).toEqual({ ok: true, value: blob.bytes });
  });

  test.each([
    ['to http', respondWith(redirect('http://elsewhere.test/y'), good)],
    ['to http on this machine', respondWith(redirect('http://127.0.0.1/y'), good)],
    ['to a file', respondWith(redirect('file:///etc/passwd'), good)],
    ['to nowhere', respondWith(redirect(''), () => new Response(null, { status: 302 }))],
    ['in circles', respondWith(redirect('https://storage.test/x'))],
  ])('are not followed %s', async (_, fetchLayer) => {
    expect(await readWith(fetchLayer)).toMatchObject({ ok: false, failure: { code: 'malformed' } });
  });

  test('are not fetched over http', async () => {
    expect(await readWith(respondWith(good), 'http://storage.test/x')).toMatchObject({
      failure: { code: 'malformed' },
    });
  });

  test.each([
    ['other bytes of the same length', 'digest-mismatch', () => new Response('the lAyer')],
    ['fewer bytes', 'digest-mismatch', () => new Response('the')],
    ['more bytes', 'too-large', () => new Response('the layer and more')],
    ['404', 'not-found', () => new Response('', { status: 404 })],
    ['403', 'denied', () => new Response('', { status: 403 })],
    ['500', 'transient', () => new Response('', { status: 500 })],
    ['206', 'transient', () => new Response('the', { status: 206 })],
  ])('answered with %s are %s', async (_, code, respond) => {
    expect(await readWith(respondWith(respond))).toMatchObject({ ok: false, failure: { code } });
  });

  test('without an end are given up at the first byte beyond their size', async () => {
    let pulled = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array(4));
          },
        }),
      );

    expect(await readWith(respondWith(endless))).toMatchObject({ failure: { code: 'too-large' } });
    expect(pulled).toBeLessThan(10);
  });

  test('that never arrive end with the time', async () => {
    const silent = () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
    mock.on(GetDownloadUrlForLayerCommand).resolves({ downloadUrl: 'https://storage.test/x' });

    const limits = { ...LIMITS, milliseconds: 20 };
    const [read] = await sourceWith(respondWith(silent)).readBlobs([request], limits);

    expect(read).toMatchObject({ failure: { code: 'transient', bound: 'milliseconds' } });
  });

  test('that fail on the way are transient, without their signed URL in the message', async () => {
    const failing: typeof fetch = async () => {
      throw new TypeError('fetch failed');
    };
    const read = await readWith(failing, 'https://storage.test/x?X-Amz-Signature=secret');

    expect(read).toMatchObject({ failure: { code: 'transient' } });
    expect(JSON.stringify(read)).not.toContain('secret');
  });

  test.each([
    ['LayersNotFoundException', 'not-found'],
    ['LayerInaccessibleException', 'not-found'],
    ['AccessDeniedException', 'denied'],
    ['ThrottlingException', 'transient'],
  ])('whose URL fails with %s are %s', async (name, code) => {
    mock.on(GetDownloadUrlForLayerCommand).rejects(thrown(name));

    expect(await sourceWith().readBlobs([request], LIMITS)).toMatchObject([{ ok: false, failure: { code } }]);
  });

  test('beyond the bounds are not asked for', async () => {
    const read = (limits: object) => sourceWith().readBlobs([request], { ...LIMITS, ...limits });

    expect(await read({ blobBytes: 3 })).toMatchObject([{ failure: { bound: 'blob-bytes' } }]);
    expect(await read({ totalBytes: 3 })).toMatchObject([{ failure: { bound: 'total-bytes' } }]);
    expect(mock.calls()).toHaveLength(0);
  });
});

describe('sequential calls, each download counted', () => {
  async function countLegs(repository: {
    readonly artifacts?: readonly Artifact[];
    readonly referrers?: readonly Artifact[];
    readonly tags?: Readonly<Record<string, Digest>>;
  }) {
    const { artifacts = [], referrers = [], tags = {} } = repository;
    const counter = new LegCounter();
    const inOneLeg = <T>(value: T) =>
      counter.run(() => new Promise<T>((resolve) => setImmediate(() => resolve(value))));
    const all = [image, ...artifacts, ...referrers];
    const blobs = new Map(all.flatMap((one) => one.blobs.map((blob) => [blob.digest, blob.bytes] as const)));
    mock.on(ListImageReferrersCommand).callsFake(({ nextToken }: { nextToken?: string }) => {
      const from = Number(nextToken ?? 0);
      const page = referrers.slice(from, from + 50);
      const listed = page.map(({ digest, mediaType }) => ({ digest, mediaType, size: 1 }));
      return inOneLeg({ referrers: listed, ...(from + 50 < referrers.length && { nextToken: String(from + 50) }) });
    });
    answerImages(all, tags, inOneLeg);
    mock
      .on(GetDownloadUrlForLayerCommand)
      .callsFake(({ layerDigest }: { layerDigest: string }) =>
        inOneLeg({ downloadUrl: `https://storage.test/${layerDigest}` }),
      );
    const fetchLayer: typeof fetch = async (input) => {
      const digest = parseDigest(String(input).slice('https://storage.test/'.length));
      return inOneLeg(new Response(Uint8Array.from(blobs.get(digest) ?? [])));
    };
    const found = await findSignatures(sourceWith(fetchLayer), image.digest, LIMITS);
    return { found, legs: counter.legs };
  }

  const bundles = (count: number) =>
    Array.from({ length: count }, (_, at) => referrerOf(image, [blobOf(BUNDLE, `{"n":${at}}`)]));

  test.each([1, 3, 50])('a bundle image with %i referrers takes 4', async (count) => {
    const { found, legs } = await countLegs({ referrers: bundles(count) });

    expect(found).toMatchObject({ state: 'found', problems: [], candidates: { length: count } });
    expect(legs).toBe(4);
  });

  test('beyond 50 referrers each page of the listing takes one more', async () => {
    const { found, legs } = await countLegs({ referrers: bundles(51) });

    expect(found).toMatchObject({ state: 'found', problems: [], candidates: { length: 51 } });
    expect(legs).toBe(4 + 1);
  });

  test('a legacy .sig takes 1', async () => {
    const payload = rebuildPayload(NAME, image.digest);
    const sig = referrerOf(undefined, [blobOf(SIMPLE_SIGNING, payload.toString())]);

    const { found, legs } = await countLegs({ artifacts: [sig], tags: { [`${tag}.sig`]: sig.digest } });

    expect(found).toMatchObject({ state: 'found', candidates: [{ format: 'simple-signing', payload }] });
    expect(legs).toBe(1);
  });
});
