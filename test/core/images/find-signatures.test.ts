import { describe, expect, test } from 'vitest';
import { hexOf } from '../../../lambdas/core/digest.ts';
import { findSignatures } from '../../../lambdas/core/images/find-signatures.ts';
import { rebuildPayload } from '../../../lambdas/core/images/signature-manifest.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';
import { type Artifact, buildImage, buildIndex, INDEX } from '../../../local/sigstore/images.ts';
import { countingSource } from '../../support/counting-source.ts';
import {
  artifactOf,
  BUNDLE,
  blobOf,
  DSSE,
  type MemoryRepository,
  memorySource,
  referrerOf,
  SIMPLE_SIGNING,
} from '../../support/memory-source.ts';

const NAME = 'registry.test/acme/app';
const image = buildImage('an image');
const tag = `sha256-${hexOf(image.digest)}`;

/** `count` different bundle referrers of the image. */
function bundleReferrers(count: number): Artifact[] {
  return Array.from({ length: count }, (_, at) => referrerOf(image, [blobOf(BUNDLE, `{"bundle":${at}}`)]));
}

function repositoryOf(referrers: readonly Artifact[], more: Partial<MemoryRepository> = {}): MemoryRepository {
  return {
    artifacts: [image, ...referrers],
    referrers: referrers.map((referrer) => referrer.digest),
    ...more,
  };
}

function sigManifest(payload: Buffer, annotations: Readonly<Record<string, unknown>> = {}): Artifact {
  const signature = { 'dev.cosignproject.cosign/signature': 'c2ln', ...annotations };
  return referrerOf(undefined, [{ ...blobOf(SIMPLE_SIGNING, payload.toString()), annotations: signature }]);
}

function indexOf(artifacts: readonly Artifact[]): Artifact {
  const manifests = artifacts.map(({ mediaType, digest, manifest }) => ({ mediaType, digest, size: manifest.length }));
  return artifactOf({ schemaVersion: 2, mediaType: INDEX, manifests }, [], INDEX);
}

async function find(repository: MemoryRepository, limits = LIMITS) {
  const found = await findSignatures(memorySource(repository), image.digest, limits);
  if (found.state !== 'found') throw new Error(`expected found, got ${found.state}`);
  return found;
}

const codes = (found: { readonly problems: readonly { readonly code: string }[] }) =>
  found.problems.map((problem) => problem.code);

describe('what is found around a digest', () => {
  test('what stands for a manifest in the archive lets signatures be found, and stands for nothing else', async () => {
    const referrer = referrerOf(image, [blobOf(BUNDLE, '{}')]);
    const archived = memorySource({ artifacts: [referrer], referrers: [referrer.digest] });
    const known = { mediaType: image.mediaType, size: image.manifest.length };
    const other = memorySource(repositoryOf([]));

    expect(await findSignatures(archived, image.digest, LIMITS)).toEqual({ state: 'gone' });
    expect(await findSignatures(archived, image.digest, LIMITS, undefined, known)).toMatchObject({
      state: 'found',
      subject: { digest: image.digest, ...known },
      candidates: [{ format: 'bundle' }],
    });
    // What can be read is read.
    expect(await findSignatures(other, image.digest, LIMITS, undefined, { ...known, size: 1 })).toMatchObject({
      subject: known,
    });
  });

  test('an image without anything has no candidates and no problems', async () => {
    const found = await find(repositoryOf([]));

    expect(found).toEqual({
      state: 'found',
      subject: { digest: image.digest, mediaType: image.mediaType, size: image.manifest.length },
      candidates: [],
      problems: [],
    });
  });

  test('bundles, legacy tags, the fallback tag and cosign referrers are united, each with its origin', async () => {
    const [fromApi, fromBoth, fromTag] = bundleReferrers(3);
    if (!fromApi || !fromBoth || !fromTag) throw new Error('three referrers');
    const payload = rebuildPayload('elsewhere.test/acme/app', image.digest);
    const sig = sigManifest(payload, { 'dev.sigstore.cosign/certificate': 'PEM', 'com.example/ignored': 'x' });
    const att = referrerOf(undefined, [blobOf(DSSE, '{"payload":""}')]);
    const artifactSig = referrerOf(image, [blobOf(SIMPLE_SIGNING, '{"critical":1}')], {
      artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
    });
    const fallback = indexOf([fromBoth, fromTag]);
    const repository = {
      artifacts: [image, fromApi, fromBoth, fromTag, sig, att, artifactSig, fallback],
      referrers: [fromApi.digest, fromBoth.digest, artifactSig.digest],
      tags: { [`${tag}.sig`]: sig.digest, [`${tag}.att`]: att.digest, [tag]: fallback.digest },
    };

    const found = await find(repository);

    expect(found.problems).toEqual([]);
    expect(found.candidates.map(({ format, origin }) => [format, origin.kind, origin.manifest, origin.tag])).toEqual([
      ['simple-signing', 'sig-tag', sig.digest, `${tag}.sig`],
      ['dsse', 'att-tag', att.digest, `${tag}.att`],
      ['bundle', 'referrer', fromApi.digest, undefined],
      ['bundle', 'referrer', fromBoth.digest, undefined],
      ['simple-signing', 'referrer', artifactSig.digest, undefined],
      ['bundle', 'fallback-tag', fromTag.digest, tag],
    ]);
    expect(found.candidates[0]).toMatchObject({ annotations: { signature: 'c2ln', certificate: 'PEM' }, payload });
    expect(found.candidates[1]).toMatchObject({ envelope: Buffer.from('{"payload":""}'), annotations: {} });
    expect(found.candidates[2]).toMatchObject({ bytes: Buffer.from('{"bundle":0}') });
  });

  test('a listing that calls an SBOM a bundle, or a bundle an SBOM, changes nothing: the manifest decides', async () => {
    const sbom = referrerOf(image, [blobOf('application/spdx+json', '{}')], { artifactType: 'application/spdx+json' });
    const [bundle] = bundleReferrers(1);
    if (!bundle) throw new Error('one referrer');
    const referrers = [
      { digest: sbom.digest, artifactType: BUNDLE, size: 1 },
      { digest: bundle.digest, artifactType: 'application/spdx+json', size: 1 },
    ];

    const found = await find(repositoryOf([sbom, bundle], { listing: { referrers } }));

    expect(found.candidates).toMatchObject([{ format: 'bundle', origin: { manifest: bundle.digest } }]);
    expect(found.problems).toEqual([]);
  });

  test.each([
    ['its artifactType', { artifactType: 'application/vnd.cncf.notary.signature' }],
    ['its config', { config: { ...blobDescriptor('application/vnd.cncf.notary.signature') } }],
  ])('a Notation signature, known by %s, is a candidate by its envelope', async (_, more) => {
    const notation = referrerOf(image, [blobOf('application/jose+json', '{}')], more);

    const found = await find(repositoryOf([notation]));

    expect(found.candidates).toEqual([
      {
        format: 'notation',
        origin: { kind: 'referrer', manifest: notation.digest, blob: blobOf('application/jose+json', '{}').digest },
        mediaType: 'application/jose+json',
        envelope: Buffer.from('{}'),
      },
    ]);
  });

  test.each([
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.dev.sigstore.bundle.v0.2+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
  ])('%s is a bundle', async (mediaType) => {
    const found = await find(repositoryOf([referrerOf(image, [blobOf(mediaType, '{}')])]));

    expect(found.candidates).toMatchObject([{ format: 'bundle' }]);
  });

  test('an image index is an image like any other', async () => {
    const index = buildIndex([{ image, architecture: 'arm64' }]);
    const referrer = referrerOf(index, [blobOf(BUNDLE, '{}')]);
    const source = memorySource({ artifacts: [index, referrer], referrers: [referrer.digest] });

    const found = await findSignatures(source, index.digest, LIMITS);

    expect(found).toMatchObject({ state: 'found', subject: { mediaType: INDEX }, candidates: [{ format: 'bundle' }] });
  });
});

describe('sequential legs', () => {
  test.each([1, 2, 50, 400])('a bundle image costs 4, with %i referrers', async (count) => {
    const source = countingSource(memorySource(repositoryOf(bundleReferrers(count))));

    await findSignatures(source, image.digest, { ...LIMITS, candidates: 500 });

    expect(source.legs).toBe(4);
    expect(source.calls).toEqual({ readManifests: 2, listReferrers: 1, readBlobs: 1 });
  });

  test('a legacy .sig costs 1: its payload is rebuilt', async () => {
    const sig = sigManifest(rebuildPayload(NAME, image.digest));
    const withoutBlobs = { ...sig, blobs: [] };
    const source = countingSource(
      memorySource({ artifacts: [image, withoutBlobs], tags: { [`${tag}.sig`]: sig.digest } }),
    );

    const found = await findSignatures(source, image.digest, LIMITS);

    expect(source.legs).toBe(1);
    expect(found).toMatchObject({
      candidates: [{ format: 'simple-signing', payload: rebuildPayload(NAME, image.digest) }],
    });
  });

  test('a legacy .sig made under another repository name is downloaded instead', async () => {
    const payload = rebuildPayload('mirror.test/acme/app', image.digest);
    const sig = sigManifest(payload);
    const source = countingSource(memorySource({ artifacts: [image, sig], tags: { [`${tag}.sig`]: sig.digest } }));

    const found = await findSignatures(source, image.digest, LIMITS);

    expect(source.legs).toBe(3);
    expect(found).toMatchObject({ candidates: [{ format: 'simple-signing', payload }] });
  });

  test('a layer that many referrers share is read once', async () => {
    const layer = blobOf(BUNDLE, '{}');
    const referrers = ['a', 'b', 'c'].map((n) => referrerOf(image, [layer], { annotations: { n } }));
    const asked: number[] = [];
    const inner = memorySource(repositoryOf(referrers));
    const source = {
      ...inner,
      readBlobs: (...[blobs, limits]: Parameters<typeof inner.readBlobs>) => {
        asked.push(blobs.length);
        return inner.readBlobs(blobs, limits);
      },
    };

    const found = await findSignatures(source, image.digest, LIMITS);

    expect(asked).toEqual([1]);
    expect(found).toMatchObject({ candidates: [{}, {}, {}] });
  });
});

describe('the image itself', () => {
  const source = (more: Partial<MemoryRepository>) => memorySource({ artifacts: [image], ...more });

  test('that is not there is gone', async () => {
    expect(await findSignatures(memorySource({ artifacts: [] }), image.digest, LIMITS)).toEqual({ state: 'gone' });
  });

  test.each(['transient', 'denied'] as const)('whose reading is %s is unreadable', async (code) => {
    const failures = { [image.digest]: { code, message: 'later' } };

    const found = await findSignatures(source({ failures }), image.digest, LIMITS);

    expect(found).toEqual({ state: 'unreadable', reason: { code: `image-${code}`, message: 'later' } });
  });

  test.each([
    [{ code: 'digest-mismatch', message: 'other bytes' } as const, 'image-digest-mismatch'],
    [{ code: 'too-large', message: '50 MB', bound: 'manifest-bytes' } as const, 'limit-manifest-bytes'],
    [{ code: 'malformed', message: 'no media type' } as const, 'image-malformed'],
  ])('that fails with %o is malformed', async (failure, code) => {
    const found = await findSignatures(source({ failures: { [image.digest]: failure } }), image.digest, LIMITS);

    expect(found).toEqual({ state: 'malformed', reason: { code, message: failure.message } });
  });

  test.each([
    ['truncated JSON', '{"schemaVersion":2,', 'malformed-manifest'],
    ['deep nesting', `{"schemaVersion":2,"x":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'limit-depth'],
    ['100,000 layers', JSON.stringify({ schemaVersion: 2, layers: Array(1e5).fill({}) }), 'malformed-manifest'],
    ['more bytes than the bound', ' '.repeat(LIMITS.manifestBytes + 1), 'limit-manifest-bytes'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1'), 'malformed-manifest'],
  ])('of %s is malformed', async (_, text, code) => {
    const broken = artifactOf(text);

    const found = await findSignatures(memorySource({ artifacts: [broken] }), broken.digest, LIMITS);

    expect(found).toMatchObject({ state: 'malformed', reason: { code } });
  });

  test('under docker schema 1 is refused', async () => {
    const mediaType = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    const old = artifactOf({ schemaVersion: 1, fsLayers: [] }, [], mediaType);

    const found = await findSignatures(memorySource({ artifacts: [old] }), old.digest, LIMITS);

    expect(found).toMatchObject({ state: 'malformed', reason: { code: 'unsupported-manifest' } });
  });

  test('answered under another digest than it was asked for is malformed', async () => {
    const inner = memorySource({ artifacts: [image] });
    const other = buildImage('another').digest;
    const lying = {
      ...inner,
      readManifests: async (...[references, limits]: Parameters<typeof inner.readManifests>) => {
        const [first, ...rest] = await inner.readManifests(references, limits);
        return first?.ok ? [{ ok: true, value: { ...first.value, digest: other } } as const, ...rest] : rest;
      },
    };

    const found = await findSignatures(lying, image.digest, LIMITS);

    expect(found).toMatchObject({ state: 'malformed', reason: { code: 'image-digest-mismatch' } });
  });
});

describe('bad pieces beside a good one neither pass nor block', () => {
  const [good] = bundleReferrers(1);
  if (!good) throw new Error('one referrer');
  const layer = blobOf(BUNDLE, '{"bad":1}');

  test.each([
    ['about another image', referrerOf(buildImage('another'), [layer]), 'other-subject'],
    ['about no image', referrerOf(undefined, [layer]), 'other-subject'],
    ['not JSON', artifactOf('{{{'), 'malformed-manifest'],
    ['of a type inside other than outside', { ...referrerOf(image, [layer]), mediaType: INDEX }, 'malformed-manifest'],
    ['image and index at once', referrerOf(image, [layer], { manifests: [] }), 'malformed-manifest'],
    ['a bundle by its type without a bundle', referrerOf(image, [], { artifactType: BUNDLE }), 'no-signature-layer'],
    ['with a layer under sha512', withLayerDigest(`sha512:${'a'.repeat(128)}`), 'unsupported-digest'],
    ['with a layer that is not there', { ...referrerOf(image, [layer]), blobs: [] }, 'layer-not-found'],
    ['of layers beyond the size bound', withLayerSize(LIMITS.blobBytes + 1), 'limit-blob-bytes'],
    ['of another size than described', withLayerSize(5), 'layer-digest-mismatch'],
    [
      'with a hostile annotation',
      referrerOf(image, [{ ...layer, annotations: { 'dev.sigstore.cosign/bundle': 'x'.repeat(300_000) } }]),
      'limit-annotation',
    ],
    [
      'with annotations that are no text',
      referrerOf(image, [{ ...layer, annotations: { a: { b: 1 } } }]),
      'malformed-manifest',
    ],
  ])('a referrer %s', async (_, bad, code) => {
    const found = await find(repositoryOf([bad, good]));

    expect(codes(found)).toEqual([code]);
    expect(found.problems[0]?.origin).toMatchObject({ manifest: bad.digest });
    expect(found.candidates.filter(({ origin }) => origin.manifest === good.digest)).toHaveLength(1);
    expect(found.candidates).toHaveLength(1);
    expect(found.incomplete).toBeUndefined();
  });

  test('a listed referrer that is not there is a problem', async () => {
    const found = await find({ artifacts: [image, good], referrers: [layer.digest, good.digest] });

    expect(codes(found)).toEqual(['referrer-not-found']);
    expect(found.candidates).toHaveLength(1);
    expect(found.incomplete).toBeUndefined();
  });

  test('a .sig tag on an index and a fallback tag on an image are problems', async () => {
    const index = indexOf([image]);
    const tags = { [`${tag}.sig`]: index.digest, [tag]: image.digest };

    const found = await find({ artifacts: [image, index, good], referrers: [good.digest], tags });

    expect(codes(found).sort()).toEqual(['malformed-manifest', 'malformed-manifest']);
    expect(found.candidates).toHaveLength(1);
  });

  function withLayerDigest(digest: string): Artifact {
    return referrerOf(image, [], { layers: [{ mediaType: BUNDLE, digest, size: 2 }] });
  }

  function withLayerSize(size: number): Artifact {
    const { mediaType, digest } = layer;
    return { ...referrerOf(image, [], { layers: [{ mediaType, digest, size }] }), blobs: [layer] };
  }
});

describe('referrers that point at each other or at themselves', () => {
  test('are read once each, one level deep', async () => {
    const first = referrerOf(image, [blobOf(BUNDLE, '{"first":1}')]);
    const ofFirst = referrerOf(first, [blobOf(BUNDLE, '{"second":1}')]);
    const fallback = indexOf([first, ofFirst, image, first]);
    const source = countingSource(
      memorySource({
        artifacts: [image, first, ofFirst, fallback],
        referrers: [image.digest, ofFirst.digest, first.digest, first.digest],
        tags: { [tag]: fallback.digest },
      }),
    );

    const found = await findSignatures(source, image.digest, LIMITS);

    expect(found).toMatchObject({ candidates: [{ origin: { manifest: first.digest } }] });
    expect(found).toMatchObject({ problems: [{ code: 'other-subject', origin: { manifest: ofFirst.digest } }] });
    expect(source.legs).toBe(4);
  });
});

describe('what was not read is said', () => {
  test.each(['transient', 'denied', 'malformed', 'too-large'] as const)('a listing that is %s', async (code) => {
    const found = await find(repositoryOf([], { listing: { code, message: 'no list' } }));

    expect(found.incomplete).toEqual({ code: `referrers-${code}`, message: 'no list', lasting: false });
  });

  test('a registry without a listing is complete: the fallback tag speaks for it', async () => {
    const found = await find(repositoryOf([], { listing: { code: 'not-found', message: 'no API' } }));

    expect(found.incomplete).toBeUndefined();
    expect(found.problems).toEqual([]);
  });

  test.each([
    ['.sig tag', `${tag}.sig`, 'tag-transient'],
    ['.att tag', `${tag}.att`, 'tag-transient'],
    ['fallback tag', tag, 'tag-transient'],
    ['referrer', bundleReferrers(1)[0]?.digest ?? '', 'referrer-transient'],
    ['layer', blobOf(BUNDLE, '{"bundle":0}').digest, 'layer-transient'],
  ])('a %s that is throttled', async (_, key, code) => {
    const failures = { [key]: { code: 'transient', message: 'slow down' } as const };

    const found = await find(repositoryOf(bundleReferrers(2), { failures }));

    expect(found.incomplete).toEqual({ code, message: 'slow down', lasting: false });
    expect(codes(found)).toEqual([code]);
  });

  test('a listing cut short by the source', async () => {
    const found = await find(repositoryOf([], { listing: { truncatedBy: 'referrer-pages', unusable: 2 } }));

    expect(codes(found)).toEqual(['limit-referrer-pages', 'unsupported-digest']);
    expect(found.incomplete).toMatchObject({ code: 'limit-referrer-pages', lasting: true });
  });

  test.each([
    ['referrers', { referrers: 2 }, 2],
    ['candidates', { candidates: 2 }, 2],
    ['total-bytes', { totalBytes: image.manifest.length + 3 * 400 + 30 }, 2],
  ] as const)('the bound %s', async (bound, limit, kept) => {
    const found = await find(repositoryOf(bundleReferrers(3)), { ...LIMITS, ...limit });

    expect(codes(found)).toContain(`limit-${bound}`);
    expect(found.incomplete).toMatchObject({ code: `limit-${bound}`, lasting: true });
    expect(found.candidates.length).toBeLessThanOrEqual(kept);
  });

  test('the bound layers-per-manifest: the first layers are taken', async () => {
    const layers = Array.from({ length: 5 }, (_, at) => blobOf(DSSE, `{"n":${at}}`));
    const att = referrerOf(undefined, layers);
    const repository = { artifacts: [image, att], tags: { [`${tag}.att`]: att.digest } };

    const found = await find(repository, { ...LIMITS, layersPerManifest: 3 });

    expect(found.candidates).toHaveLength(3);
    expect(found.incomplete?.code).toBe('limit-layers-per-manifest');
  });

  test('an image may have more layers than a signature manifest', async () => {
    const layers = Array.from({ length: 127 }, (_, at) => blobOf('application/vnd.oci.image.layer.v1.tar', `${at}`));
    const big = referrerOf(undefined, layers);

    const found = await findSignatures(memorySource({ artifacts: [big] }), big.digest, LIMITS);

    expect(found.state).toBe('found');
  });

  test('the bound milliseconds: no leg begins after it', async () => {
    let now = 0;
    const source = countingSource(memorySource(repositoryOf(bundleReferrers(2))));
    const clock = () => {
      now += LIMITS.milliseconds / 2;
      return now;
    };

    const found = await findSignatures(source, image.digest, LIMITS, clock);

    expect(found).toMatchObject({
      state: 'found',
      candidates: [],
      incomplete: { code: 'limit-milliseconds', lasting: false },
    });
    expect(source.calls.readBlobs).toBe(0);
  });
});

function blobDescriptor(mediaType: string) {
  const { digest, bytes } = blobOf(mediaType, '{}');
  return { mediaType, digest, size: bytes.length };
}
