import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { digestOf } from '../../lambdas/core/digest.ts';
import {
  buildBundleReferrer,
  buildImage,
  buildIndex,
  buildSignatureManifest,
  legacyTag,
} from '../../local/sigstore/images.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';

const sigstore = createPrivateSigstore({ now: () => Date.UTC(2026, 10, 23) });
const key = createSigningKey();
const manifestSchema = z.looseObject({
  config: z.looseObject({ digest: z.string(), size: z.number() }),
  layers: z.array(z.looseObject({ digest: z.string(), size: z.number() })),
  subject: z.looseObject({ digest: z.string(), size: z.number() }).optional(),
});

describe('images built for tests', () => {
  test('have the digests and sizes that their descriptors say, and equal contents give equal digests', () => {
    const image = buildImage('hello');

    const manifest = manifestSchema.parse(JSON.parse(image.manifest.toString()));
    const described = [manifest.config, ...manifest.layers].map(({ digest, size }) => ({ digest, size }));

    expect(described).toEqual(image.blobs.map(({ bytes }) => ({ digest: digestOf(bytes), size: bytes.length })));
    expect(buildImage('hello').digest).toBe(image.digest);
    expect(buildImage('other').digest).not.toBe(image.digest);
  });

  test('have a layer that tar reads', () => {
    const layer = buildImage('#!/bin/sh\necho hello\n').blobs[1];

    const listing = execFileSync('tar', ['-tvf', '-'], {
      input: gunzipSync(layer?.bytes ?? Buffer.alloc(0)),
    }).toString();

    expect(listing).toMatch(/^-rwxr-xr-x .* app\n$/);
  });

  test('can be children of an index', () => {
    const children = ['arm64', 'amd64'].map((architecture) => ({
      image: buildImage(architecture, architecture),
      architecture,
    }));

    const index = z
      .looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })) })
      .parse(JSON.parse(buildIndex(children).manifest.toString()));

    expect(index.manifests.map(({ digest }) => digest)).toEqual(children.map(({ image }) => image.digest));
  });
});

/** The member names of a JSON value in their order, values left out. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([name, member]) => [name, shapeOf(member)]);
}

function readBlob(layout: string, digest: string): unknown {
  const path = corpusPath('signed-samples', 'layouts', layout, 'blobs', 'sha256', digest.replace('sha256:', ''));
  if (path === undefined || !existsSync(path)) throw new Error(`no blob ${digest} in ${layout}`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

describeWithCorpus('manifests look like those that the real cosign pushed', ['signed-samples', 'layouts'], () => {
  test('a bundle referrer has the same members in the same order', () => {
    const subject = buildImage('an image');
    const bundle = sigstore.signImageBundle(subject.digest, {
      subject: { type: 'email', value: 'dev@example.test' },
      issuer: 'https://accounts.example.test',
    });
    const referrer = buildBundleReferrer(subject, bundle, {
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      created: '2026-11-23T00:00:00Z',
    });

    const real = readBlob('keyless', '7330af5afc459580e997b821188e6668c7c5b577ebfcbfed1a02b8cf331fdb21');
    const realBundle = readBlob('keyless', '6a096882783dd35dd5cdaf8e7e284345c74cd17a46ec61fafbafe851942f432b');

    expect(shapeOf(JSON.parse(referrer.manifest.toString()))).toEqual(shapeOf(real));
    expect(shapeOf(JSON.parse(JSON.stringify(bundle)))).toEqual(shapeOf(realBundle));
  });

  test('a signature manifest has the same members in the same order', () => {
    const image = buildImage('an image');
    const manifest = buildSignatureManifest([sigstore.signLegacy(image.digest, '127.0.0.1:5001/demo/legacy', key)]);

    const layout = z
      .looseObject({
        manifests: z.array(z.looseObject({ digest: z.string(), annotations: z.record(z.string(), z.string()) })),
      })
      .parse(JSON.parse(readFileSync(corpusPath('signed-samples', 'layouts', 'legacy', 'index.json') ?? '', 'utf8')));
    const signature = layout.manifests.find(({ annotations }) =>
      annotations['org.opencontainers.image.ref.name']?.endsWith('.sig'),
    );

    expect(shapeOf(JSON.parse(manifest.manifest.toString()))).toEqual(
      shapeOf(readBlob('legacy', signature?.digest ?? '')),
    );
    expect(legacyTag(image.digest, 'sig')).toMatch(/^sha256-[0-9a-f]{64}\.sig$/);
  });
});
