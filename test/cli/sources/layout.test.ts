import { execFileSync } from 'node:child_process';
import { cp, link, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSource } from '../../../bin/sources/open-source.ts';
import { type Digest, hexOf } from '../../../lambdas/core/digest.ts';
import { findSignatures } from '../../../lambdas/core/images/find-signatures.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';
import { type Artifact, buildImage, buildIndex, INDEX } from '../../../local/sigstore/images.ts';
import { artifactOf, BUNDLE, blobOf, DSSE, referrerOf, SIMPLE_SIGNING } from '../../support/memory-source.ts';

const image = buildImage('an image');
const bundle = referrerOf(image, [blobOf(BUNDLE, '{"n":0}')]);
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-layout-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pathOf = (digest: Digest) => join(folder, 'blobs', 'sha256', hexOf(digest));

interface Entry {
  readonly artifact: Artifact;
  readonly annotations?: Readonly<Record<string, string>>;
}

async function writeLayout(entries: readonly Entry[], unlisted: readonly Artifact[] = []): Promise<void> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const artifact of [...entries.map((entry) => entry.artifact), ...unlisted]) {
    await writeFile(pathOf(artifact.digest), artifact.manifest);
    for (const blob of artifact.blobs) await writeFile(pathOf(blob.digest), blob.bytes);
  }
  const manifests = entries.map(({ artifact: { mediaType, digest, manifest }, annotations }) => ({
    mediaType,
    digest,
    size: manifest.length,
    annotations,
  }));
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

const named = (name: string) => ({ 'org.opencontainers.image.ref.name': name });
const kind = (name: string) => ({ kind: `dev.cosignproject.cosign/${name}` });

async function find(suffix = '', limits = LIMITS) {
  const { source, digest } = await openSource(`oci:${folder}${suffix}`);
  return findSignatures(source, digest, limits);
}

describe('a layout', () => {
  test('with referrers listed or only among the blobs gives them all', async () => {
    const unlisted = referrerOf(image, [blobOf(BUNDLE, '{"n":1}')]);
    const elsewhere = referrerOf(buildImage('another'), [blobOf(BUNDLE, '{"n":2}')]);
    await writeLayout([{ artifact: image, annotations: named('v1') }, { artifact: bundle }], [unlisted, elsewhere]);

    expect(await find()).toMatchObject({ state: 'found', candidates: { length: 2 }, problems: [] });
  });

  test('that cosign saved for two images gives each its own signatures', async () => {
    const other = buildImage('another');
    const sig = referrerOf(undefined, [blobOf(SIMPLE_SIGNING, '{"of":"image"}')]);
    const otherSig = referrerOf(undefined, [blobOf(SIMPLE_SIGNING, '{"of":"other"}')]);
    const att = referrerOf(undefined, [blobOf(DSSE, '{}')]);
    await writeLayout([
      { artifact: image, annotations: kind('image') },
      { artifact: sig, annotations: kind('sigs') },
      { artifact: other, annotations: kind('image') },
      { artifact: otherSig, annotations: kind('sigs') },
      { artifact: att, annotations: kind('atts') },
    ]);

    const ofImage = await find(`@${image.digest}`);
    const ofOther = await find(`@${other.digest}`);

    expect(ofImage).toMatchObject({ candidates: [{ origin: { kind: 'sig-tag', manifest: sig.digest } }] });
    expect(ofOther).toMatchObject({
      candidates: [{ origin: { kind: 'sig-tag', manifest: otherSig.digest } }, { origin: { kind: 'att-tag' } }],
    });
    await expect(find()).rejects.toMatchObject({ code: 'ambiguous' });
  });

  test('of one multi-arch image is that index, not the images below it', async () => {
    const index = buildIndex([
      { image, architecture: 'arm64' },
      { image: buildImage('another'), architecture: 'amd64' },
    ]);
    await writeLayout([{ artifact: index }], [image]);

    expect((await openSource(`oci:${folder}`)).digest).toBe(index.digest);
    expect((await openSource(`oci:${folder}@${image.digest}`)).digest).toBe(image.digest);
  });

  test('whose index points to an index that names images knows those names', async () => {
    const { mediaType, digest, manifest } = image;
    const entry = { mediaType, digest, size: manifest.length, annotations: named('v2') };
    const inner = artifactOf({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] }, [], INDEX);
    await writeLayout([{ artifact: inner }], [image]);

    expect((await openSource(`oci:${folder}:v2`)).digest).toBe(digest);
  });

  test('may have names with colons and slashes in them', async () => {
    await writeLayout([{ artifact: image, annotations: named('ghcr.io/acme/app:v1') }]);

    expect((await openSource(`oci:${folder}:ghcr.io/acme/app:v1`)).digest).toBe(image.digest);
  });

  test('may lie in a folder with a colon in its name', async () => {
    await writeLayout([{ artifact: image, annotations: named('v1') }]);
    const inside = join(folder, 'a:b');
    await mkdir(inside);
    for (const part of ['blobs', 'index.json', 'oci-layout']) await rename(join(folder, part), join(inside, part));

    expect((await openSource(`oci:${inside}`)).digest).toBe(image.digest);
    expect((await openSource(`oci:${inside}:v1`)).digest).toBe(image.digest);
  });

  test('in which indexes point at each other comes to an end', async () => {
    // No index can hold its own digest; one level that repeats itself many times is the worst there is
    let inner = artifactOf({ schemaVersion: 2, mediaType: INDEX, manifests: [] }, [], INDEX);
    const all = [inner];
    for (let level = 0; level < 10; level += 1) {
      const { mediaType, digest, manifest } = inner;
      const manifests = Array.from({ length: 100 }, () => ({ mediaType, digest, size: manifest.length }));
      inner = artifactOf({ schemaVersion: 2, mediaType: INDEX, manifests }, [], INDEX);
      all.push(inner);
    }
    await writeLayout([{ artifact: inner }], all);

    expect((await openSource(`oci:${folder}`)).digest).toBe(inner.digest);
  });
});

describe('a folder that is not what it should be', () => {
  const open = (suffix = '') => openSource(`oci:${folder}${suffix}`);

  test.each([
    ['without index.json', 'index.json', 'not-found'],
    ['without oci-layout', 'oci-layout', 'malformed'],
    ['without blobs', 'blobs', 'malformed'],
  ])('%s', async (_, part, code) => {
    await writeLayout([{ artifact: image }]);
    await rm(join(folder, part), { recursive: true });

    await expect(open()).rejects.toMatchObject({ code });
  });

  test.each([
    ['truncated', '{"schemaVersion":2,'],
    ['an image', image.manifest.toString()],
    ['nested without end', '['.repeat(100_000)],
  ])('whose index.json is %s', async (_, text) => {
    await writeLayout([{ artifact: image }]);
    await writeFile(join(folder, 'index.json'), text);

    await expect(open()).rejects.toMatchObject({ code: 'malformed' });
  });

  test('whose index.json has 50 MB', async () => {
    await writeLayout([{ artifact: image }]);
    await truncate(join(folder, 'index.json'), 50 * 1024 * 1024);

    await expect(open()).rejects.toMatchObject({ code: 'too-large' });
  });

  test('that is not there, or empty, or has no such tag', async () => {
    await expect(open('/nowhere')).rejects.toMatchObject({ code: 'not-found' });
    await expect(openSource('oci:')).rejects.toMatchObject({ code: 'bad-reference' });
    await writeLayout([]);
    await expect(open()).rejects.toMatchObject({ code: 'not-found' });
    await expect(open(':v9')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('with altered bytes for the image is malformed', async () => {
    await writeLayout([{ artifact: image }]);
    await writeFile(pathOf(image.digest), `${image.manifest} `);

    expect(await find(`@${image.digest}`)).toMatchObject({
      state: 'malformed',
      reason: { code: 'image-digest-mismatch' },
    });
  });

  test('with altered bytes for a signature passes nothing', async () => {
    await writeLayout([{ artifact: image }, { artifact: bundle }]);
    await writeFile(pathOf(blobOf(BUNDLE, '{"n":0}').digest), '{"n":9}');

    expect(await find()).toMatchObject({ candidates: [], problems: [{ code: 'layer-digest-mismatch' }] });
  });
});

describe('files that lead elsewhere', () => {
  let outside = '';
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'countersign-outside-'));
    await writeLayout([{ artifact: image, annotations: named('v1') }, { artifact: bundle }]);
  });
  afterEach(() => rm(outside, { recursive: true }));

  test('a blob that is a symbolic link is not read, even with the right bytes behind it', async () => {
    await writeFile(join(outside, 'manifest'), image.manifest);
    await rm(pathOf(image.digest));
    await symlink(join(outside, 'manifest'), pathOf(image.digest));

    expect(await find(':v1')).toMatchObject({
      state: 'malformed',
      reason: { message: expect.stringContaining('symbolic link') },
    });
  });

  test('index.json that is a symbolic link is not read', async () => {
    await rename(join(folder, 'index.json'), join(outside, 'index.json'));
    await symlink(join(outside, 'index.json'), join(folder, 'index.json'));

    await expect(openSource(`oci:${folder}`)).rejects.toMatchObject({ code: 'malformed' });
  });

  test.each(['blobs', 'blobs/sha256'])('%s that is a symbolic link is not entered', async (part) => {
    await cp(join(folder, part), join(outside, 'copy'), { recursive: true });
    await rm(join(folder, part), { recursive: true });
    await symlink(join(outside, 'copy'), join(folder, part));

    await expect(openSource(`oci:${folder}`)).rejects.toMatchObject({ code: 'malformed' });
  });

  test('a blob that is a folder or a pipe is not read, and does not block', async () => {
    await rm(pathOf(image.digest));
    await mkdir(pathOf(image.digest));
    expect(await find(':v1')).toMatchObject({ state: 'malformed' });

    await rm(pathOf(image.digest), { recursive: true });
    execFileSync('mkfifo', [pathOf(image.digest)]);
    expect(await find(':v1')).toMatchObject({ state: 'malformed' });
  });

  test('files that are no digests are left alone', async () => {
    await link(pathOf(bundle.digest), join(folder, 'blobs', 'sha256', 'not-a-digest'));

    expect(await find(':v1')).toMatchObject({ candidates: { length: 1 }, problems: [] });
  });
});

describe('bounds', () => {
  test('big layers of the image are not read when referrers are looked for', async () => {
    await writeLayout([{ artifact: image }, { artifact: bundle }]);
    const big = blobOf('layer', 'x'.repeat(3_000_000));
    await writeFile(pathOf(big.digest), big.bytes);

    const found = await find('', { ...LIMITS, totalBytes: 100_000 });

    expect(found).toMatchObject({ candidates: { length: 1 } });
    expect(found).not.toHaveProperty('incomplete');
  });

  test('more referrers than the bound are named', async () => {
    const referrers = Array.from({ length: 4 }, (_, at) => referrerOf(image, [blobOf(BUNDLE, `{"n":${at}}`)]));
    await writeLayout([{ artifact: image }], referrers);

    const found = await find('', { ...LIMITS, referrers: 3 });

    expect(found).toMatchObject({ candidates: { length: 3 }, incomplete: { code: 'limit-referrers' } });
  });
});
