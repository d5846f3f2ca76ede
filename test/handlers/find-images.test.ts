import { describe, expect, test } from 'vitest';
import type { Digest } from '../../lambdas/core/digest.ts';
import type { ImageEvent } from '../../lambdas/core/events/image-event.ts';
import type { ArtifactSource, ReadFailure } from '../../lambdas/core/images/source.ts';
import { findConcernedImages } from '../../lambdas/image-reaction/find-images.ts';
import { type Artifact, buildImage, buildSignatureManifest, legacyTag } from '../../local/sigstore/images.ts';
import { disguiseImage } from '../support/disguised-image.ts';
import { artifactOf, memorySource } from '../support/memory-source.ts';

const SUBJECT = buildImage('the subject');
const SIG = legacyTag(SUBJECT.digest, 'sig');
const SIGNATURE = buildSignatureManifest([{ bytes: Buffer.from('{}'), annotations: { signature: 'AAAA' } }]);

/** An image that every runtime takes, with something in its manifest that ours does not: nesting beyond any bound. */
const NESTED = withMember('x', JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`));

function withMember(name: string, value: unknown): Artifact {
  const image = buildImage('run me');
  return artifactOf({ ...JSON.parse(image.manifest.toString()), [name]: value }, image.blobs);
}

const holding = (artifact: Artifact) => memorySource({ artifacts: [artifact] });
const failing = (code: ReadFailure['code']) =>
  memorySource({ artifacts: [], failures: { [NESTED.digest]: { code, message: code } } });

async function findDigests(digest: Digest, source: ArtifactSource, changes: Partial<ImageEvent>): Promise<Digest[]> {
  const event: ImageEvent = {
    ...{ kind: 'pushed', account: '123456789012', region: 'eu-west-1', repository: 'acme/app' },
    ...{ digest, tag: undefined, at: 0, eventId: 'event', ...changes },
  };
  return (await findConcernedImages(event, source)).map(({ image }) => image.digest);
}

describe('what is pushed under the tag of a signature', () => {
  test('concerns its subject alone where it is a signature', async () => {
    expect(await findDigests(SIGNATURE.digest, holding(SIGNATURE), { tag: SIG })).toEqual([SUBJECT.digest]);
  });

  test.each([
    ['could be run', withMember('annotations', {})],
    ['is not understood and could be run by others', NESTED],
    ['is no manifest at all', artifactOf('{')],
    ['is of a type that is not read', artifactOf({}, [], 'application/vnd.docker.distribution.manifest.v1+json')],
  ])('is looked at itself too where it %s', async (_name, artifact) => {
    expect(await findDigests(artifact.digest, holding(artifact), { tag: SIG })).toEqual([
      SUBJECT.digest,
      artifact.digest,
    ]);
  });

  test.each(['digest-mismatch', 'malformed'] as const)(
    'is looked at itself too where it is answered with %s',
    async (code) => {
      expect(await findDigests(NESTED.digest, failing(code), { tag: SIG })).toEqual([SUBJECT.digest, NESTED.digest]);
    },
  );

  test('is not looked at where it is gone, and is to be tried again where it cannot be read', async () => {
    expect(await findDigests(NESTED.digest, failing('not-found'), { tag: SIG })).toEqual([SUBJECT.digest]);
    await expect(findDigests(NESTED.digest, failing('transient'), { tag: SIG })).rejects.toThrow('transient');
  });
});

describe('what names a subject', () => {
  test('is looked at itself too where it could be run, or is not understood', async () => {
    const disguised = disguiseImage('run me', SUBJECT);

    expect(await findDigests(disguised.digest, holding(disguised), {})).toEqual([SUBJECT.digest, disguised.digest]);
    expect(await findDigests(NESTED.digest, holding(NESTED), {})).toEqual([NESTED.digest]);
  });
});
