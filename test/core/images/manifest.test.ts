import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACCEPTED_MANIFEST_TYPES,
  inferManifestType,
  MANIFEST_TYPES,
  ManifestError,
  parseManifest,
} from '../../../lambdas/core/images/manifest.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const descriptor = { mediaType: 'application/octet-stream', digest, size: 2 };
const image = { schemaVersion: 2, config: descriptor, layers: [descriptor] };
const index = { schemaVersion: 2, manifests: [descriptor] };

function parse(manifest: unknown, mediaType: string = MANIFEST_TYPES.ociImage) {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  return parseManifest({ mediaType, bytes: Buffer.from(text) }, LIMITS);
}

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (problem) {
    if (problem instanceof ManifestError) return problem.code;
    throw problem;
  }
  return 'accepted';
}

describe('manifests', () => {
  test('images are read in both dialects', () => {
    for (const mediaType of [MANIFEST_TYPES.ociImage, MANIFEST_TYPES.dockerImage]) {
      expect(parse({ ...image, mediaType }, mediaType)).toMatchObject({
        kind: 'image',
        mediaType,
        configMediaType: descriptor.mediaType,
        configDigest: descriptor.digest,
        layers: [descriptor],
      });
    }
  });

  test('indexes are read in both dialects', () => {
    for (const mediaType of [MANIFEST_TYPES.ociIndex, MANIFEST_TYPES.dockerList]) {
      expect(parse({ ...index, mediaType }, mediaType)).toMatchObject({ kind: 'index', manifests: [descriptor] });
    }
  });

  test('the artifact manifest of OCI 1.1 release candidates reads as an image whose layers are its blobs', () => {
    const mediaType = MANIFEST_TYPES.ociArtifact;
    const artifact = { mediaType, artifactType: 'a/b', blobs: [descriptor], subject: descriptor };

    expect(parse(artifact, mediaType)).toMatchObject({ kind: 'image', artifactType: 'a/b', layers: [descriptor] });
  });

  test('a missing mediaType inside and null for an empty list are as old writers left them', () => {
    expect(parse({ ...image, layers: null, annotations: null })).toMatchObject({ layers: [] });
  });

  test.each([
    ['an array', []],
    ['null', 'null'],
    ['another mediaType inside', { ...image, mediaType: MANIFEST_TYPES.ociIndex }],
    ['a mediaType that is no text', { ...image, mediaType: 1 }],
    ['schemaVersion 1', { ...image, schemaVersion: 1 }],
    ['no config', { schemaVersion: 2, layers: [] }],
    ['layers and manifests', { ...image, manifests: [] }],
    ['a negative size', { ...image, layers: [{ ...descriptor, size: -1 }] }],
    ['a fractional size', { ...image, layers: [{ ...descriptor, size: 1.5 }] }],
    ['an unsafe size', { ...image, layers: [{ ...descriptor, size: 2 ** 60 }] }],
    ['a digest with a path in it', { ...image, layers: [{ ...descriptor, digest: 'sha256:../../etc/passwd' }] }],
    ['an overlong media type', { ...image, layers: [{ ...descriptor, mediaType: 'x'.repeat(2000) }] }],
    ['annotations that are no text', { ...image, annotations: { a: 1 } }],
    ['too many layers', { ...image, layers: Array(4097).fill(descriptor) }],
    [
      'too many annotations',
      { ...image, annotations: Object.fromEntries(Array.from({ length: 257 }, (_, n) => [n, ''])) },
    ],
  ])('%s is malformed', (_, manifest) => {
    expect(refusal(() => parse(manifest))).toBe('malformed-manifest');
  });

  test('an index with layers is malformed', () => {
    expect(refusal(() => parse({ ...index, layers: [] }, MANIFEST_TYPES.ociIndex))).toBe('malformed-manifest');
  });

  test.each([
    'application/vnd.docker.distribution.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/json',
    '',
  ])('%s is not read', (mediaType) => {
    expect(refusal(() => parse(image, mediaType))).toBe('unsupported-manifest');
  });

  test('size and nesting are judged before anything is parsed', () => {
    const bomb = Buffer.alloc(50 * 1024 * 1024, '[');

    expect(refusal(() => parseManifest({ mediaType: MANIFEST_TYPES.ociImage, bytes: bomb }, LIMITS))).toBe(
      'limit-manifest-bytes',
    );
    expect(refusal(() => parse('['.repeat(100_000)))).toBe('limit-depth');
    expect(refusal(() => parse(`{"a":"${'['.repeat(100)}\\"${'['.repeat(100)}"}`))).toBe('malformed-manifest');
  });

  test('a message never carries control characters of the manifest', () => {
    const hostile = '\u001b[2J\u009b31m\u202e\n';
    try {
      parse({ ...image, mediaType: hostile });
    } catch (problem) {
      expect(problem instanceof Error ? problem.message : '').toMatch(/^[\x20-\x7e]+$/);
    }
    expect.assertions(1);
  });

  test('a member called __proto__ is an annotation like any other', () => {
    const manifest = parse(
      '{"schemaVersion":2,"config":'.concat(
        JSON.stringify(descriptor),
        ',"layers":[{"mediaType":"a","digest":"',
        digest,
        '","size":1,"annotations":{"__proto__":"x"}}]}',
      ),
    );

    expect(manifest.kind === 'image' && manifest.layers[0]?.annotations).not.toBeFalsy();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('the type that a manifest implies', () => {
  test('is what it says, or what its members make of it', () => {
    const infer = (value: unknown) => inferManifestType(Buffer.from(JSON.stringify(value)), LIMITS);

    expect(infer({ mediaType: MANIFEST_TYPES.dockerList })).toBe(MANIFEST_TYPES.dockerList);
    expect(infer(index)).toBe(MANIFEST_TYPES.ociIndex);
    expect(infer(image)).toBe(MANIFEST_TYPES.ociImage);
    expect(infer({ hello: 1 })).toBeUndefined();
    expect(inferManifestType(Buffer.from('{'), LIMITS)).toBeUndefined();
  });
});

describe('whatever the bytes', () => {
  const types = fc.constantFrom(...ACCEPTED_MANIFEST_TYPES, 'application/json');

  test('parsing gives a manifest or a ManifestError, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), types, (bytes, mediaType) => {
        expect(refusal(() => parseManifest({ mediaType, bytes }, LIMITS))).toMatch(/^[a-z-]+$/);
      }),
    );
  });

  test('so does parsing a good manifest with one member replaced by any JSON', () => {
    const members = fc.constantFrom('schemaVersion', 'mediaType', 'config', 'layers', 'subject', 'annotations');
    fc.assert(
      fc.property(members, fc.jsonValue(), types, (member, value, mediaType) => {
        expect(refusal(() => parse({ ...image, [member]: value }, mediaType))).toMatch(/^[a-z-]+$/);
      }),
    );
  });
});
