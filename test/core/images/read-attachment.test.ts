import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { MANIFEST_TYPES } from '../../../lambdas/core/images/manifest.ts';
import { readAttachment } from '../../../lambdas/core/images/read-attachment.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';

const SUBJECT = digestOf('a verified image');
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

const describeBlob = (mediaType: string, content = mediaType) => ({
  mediaType,
  digest: digestOf(content),
  size: content.length,
});

function read(configType: string, layerTypes: readonly string[], config = 'a config with a file system') {
  const manifest = {
    schemaVersion: 2,
    config: describeBlob(configType, config),
    layers: layerTypes.map((type) => describeBlob(type)),
    subject: describeBlob('application/vnd.oci.image.manifest.v1+json', 'a verified image'),
  };
  return readAttachment({ digest: SUBJECT, mediaType: MANIFEST_TYPES.ociImage, bytes: json(manifest) }, LIMITS);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

describe('a manifest that names a subject', () => {
  test.each([
    ['an OCI layer', OCI_CONFIG, [LAYER]],
    ['a Docker layer', DOCKER_CONFIG, ['application/vnd.docker.image.rootfs.diff.tar.gzip']],
    ['a foreign layer', DOCKER_CONFIG, ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip']],
    ['a layer among others', 'application/vnd.acme.config+json', ['application/spdx+json', LAYER]],
    ['a layer in capitals', OCI_CONFIG, ['application/vnd.OCI.image.Layer.v1.tar']],
    // Docker takes these for what they may be: distribution/registry.go of moby, supportedMediaTypes.
    ['a layer without a type of its own', OCI_CONFIG, ['application/octet-stream']],
    ['a layer that is called JSON', 'application/octet-stream', ['application/json']],
    ['a layer that is called a page', 'application/json', ['text/html']],
    ['a layer that is called a configuration', DOCKER_CONFIG, [OCI_CONFIG, DOCKER_CONFIG]],
    ['a layer of a kind that Docker may have one day', 'text/html', ['application/vnd.docker.anything']],
  ])('may be run where it has %s', (_name, config, layers) => {
    expect(read(config, layers)).toEqual({ subject: SUBJECT, runnable: true });
  });

  test.each([
    ['the empty configuration', 'application/vnd.oci.empty.v1+json', [LAYER], '{}'],
    ['a signature', OCI_CONFIG, ['application/vnd.dev.cosign.simplesigning.v1+json'], undefined],
    ['an attestation', OCI_CONFIG, ['application/vnd.dsse.envelope.v1+json'], undefined],
    ['one layer that no runtime takes', OCI_CONFIG, ['application/octet-stream', 'application/spdx+json'], undefined],
    [
      'a configuration that no runtime takes',
      'application/vnd.cncf.helm.config.v1+json',
      ['application/octet-stream'],
      undefined,
    ],
    ['a type that only begins like one', OCI_CONFIG, ['application/vnd.oci.images.are.fun'], undefined],
    ['no layer', OCI_CONFIG, [], undefined],
  ])('cannot be run where it has %s', (_name, config, layers, content) => {
    expect(read(config, layers, content)).toEqual({ subject: SUBJECT, runnable: false });
  });

  test('an index and an artifact manifest cannot be run by themselves', () => {
    const index = { schemaVersion: 2, manifests: [describeBlob(MANIFEST_TYPES.ociImage)] };
    const artifact = { blobs: [describeBlob('application/spdx+json')], subject: describeBlob('x', 'a verified image') };

    expect(readAttachment({ digest: SUBJECT, mediaType: MANIFEST_TYPES.ociIndex, bytes: json(index) }, LIMITS)).toEqual(
      { subject: undefined, runnable: false },
    );
    expect(
      readAttachment({ digest: SUBJECT, mediaType: MANIFEST_TYPES.ociArtifact, bytes: json(artifact) }, LIMITS),
    ).toEqual({ subject: SUBJECT, runnable: false });
  });

  // Go, in which runtimes are written, takes a name in any case for the one it knows, and the last of two; for slices and structures it even mixes them.
  describe('is nothing where another reader could see another manifest', () => {
    const subject = describeBlob('application/vnd.oci.image.manifest.v1+json', 'a verified image');
    const layer = describeBlob(LAYER);
    const head = { schemaVersion: 2, config: describeBlob(OCI_CONFIG), subject };
    const empty = { ...describeBlob('application/vnd.oci.empty.v1+json', '{}') };
    const readText = (text: string) =>
      readAttachment({ digest: SUBJECT, mediaType: MANIFEST_TYPES.ociImage, bytes: Buffer.from(text) }, LIMITS);

    test.each<[string, object]>([
      ['layers in another case beside none', { ...head, layers: [], Layers: [layer] }],
      ['layers in another case alone', { ...head, LAYERS: [layer] }],
      ['layers with a long s', { ...head, layers: [], 'layer\u017f': [layer] }],
      ['a configuration in another case', { ...head, config: empty, layers: [layer], Config: head.config }],
      ['a subject in another case', { ...head, layers: [], Subject: subject }],
      ['a type in another case', { ...head, layers: [], MediaType: MANIFEST_TYPES.ociIndex }],
      ['a list of manifests in another case', { ...head, layers: [], Manifests: [layer] }],
      ['a digest in another case', { ...head, config: { ...empty, Digest: head.config.digest }, layers: [layer] }],
      [
        'a type of a layer in another case',
        { ...head, layers: [{ ...layer, mediaType: 'application/spdx+json', mediatype: LAYER }] },
      ],
      ['a digest of the subject in another case', { ...head, layers: [], subject: { ...subject, DIGEST: SUBJECT } }],
    ])('%s', (_name, manifest) => {
      expect(readText(JSON.stringify(manifest))).toBeUndefined();
    });

    test('a name twice', () => {
      const text = JSON.stringify({ ...head, layers: [layer] });

      expect(readText(text)).toEqual({ subject: SUBJECT, runnable: true });
      expect(readText(text.replace('"layers":', '"layers":[],"layers":'))).toBeUndefined();
      expect(readText(text.replace(/}$/, ',"layers":[]}'))).toBeUndefined();
      expect(readText(text.replace(/}$/, ',"layer\\u0073":[]}'))).toBeUndefined();
    });

    test('but annotations may be called anything', () => {
      const text = JSON.stringify({ ...head, layers: [layer], annotations: { Layers: 'x', layers: 'y' } });

      expect(readText(text)).toEqual({ subject: SUBJECT, runnable: true });
    });
  });

  test('what is no manifest is nothing', () => {
    const bytes = Buffer.from('{');

    expect(readAttachment({ digest: SUBJECT, mediaType: MANIFEST_TYPES.ociImage, bytes }, LIMITS)).toBeUndefined();
  });
});
