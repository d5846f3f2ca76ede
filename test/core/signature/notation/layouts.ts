import { readCorpusFile } from '../../../support/envelope-samples.ts';

export interface LayoutSignature {
  readonly artifact: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly mediaType: string;
  readonly envelope: Buffer;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The Notation signatures of the image `v1` in an OCI layout of the sample data, found through the fallback tag. */
export function readLayoutSignatures(layout: string): readonly LayoutSignature[] {
  const { manifests } = JSON.parse(readFile(layout, 'index.json').toString()) as { manifests: readonly Descriptor[] };
  const tagged = (name: string) =>
    manifests.filter(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === name);
  return tagged('v1').flatMap((image) =>
    tagged(image.digest.replace(':', '-'))
      .flatMap(({ digest }) => (readBlob(layout, digest) as { manifests: readonly Descriptor[] }).manifests)
      .flatMap(({ digest }) => (readBlob(layout, digest) as { layers: readonly Descriptor[] }).layers)
      .map(({ mediaType, digest }) => ({
        artifact: { mediaType: image.mediaType, digest: image.digest, size: image.size },
        mediaType,
        envelope: readFile(layout, 'blobs', ...digest.split(':')),
      })),
  );
}

function readBlob(layout: string, digest: string): unknown {
  return JSON.parse(readFile(layout, 'blobs', ...digest.split(':')).toString());
}

function readFile(layout: string, ...parts: readonly string[]): Buffer {
  return readCorpusFile('signed-samples', 'layouts', layout, ...parts);
}
