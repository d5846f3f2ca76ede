import { expect, test } from 'vitest';
import { openSource } from '../../../bin/sources/open-source.ts';
import { findSignatures } from '../../../lambdas/core/images/find-signatures.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

/** What is found around the image of a layout, in short: the format of each candidate and where it was found. */
async function findIn(...parts: readonly string[]) {
  const tag = parts.at(-1)?.startsWith(':') ? parts.at(-1) : '';
  const folder = corpusPath(...parts.filter((part) => !part.startsWith(':')));
  const { source, digest } = await openSource(`oci:${folder}${tag}`);
  const found = await findSignatures(source, digest, LIMITS);
  if (found.state !== 'found') throw new Error(`expected found, got ${found.state}`);
  expect(found.incomplete).toBeUndefined();
  expect(found.problems).toEqual([]);
  return found.candidates.map(({ format, origin }) => `${format} ${origin.kind}`).sort();
}

describeWithCorpus('layouts made with cosign, oras and notation', ['signed-samples', 'layouts'], () => {
  const bundles = (count: number) => Array.from({ length: count }, () => 'bundle referrer');

  test.each([
    ['unsigned', []],
    ['legacy', ['dsse att-tag', 'dsse att-tag', 'simple-signing sig-tag']],
    ['bundle', bundles(3)],
    ['wrongkey', ['bundle referrer', 'simple-signing sig-tag']],
    ['attonly', bundles(1)],
    ['transplant', bundles(1)],
    ['keytlog', bundles(1)],
    ['keyless', bundles(1)],
    ['keylessgh', bundles(3)],
    ['keylesstsa', bundles(1)],
    ['legacykeyless', ['simple-signing sig-tag']],
    ['noct', bundles(1)],
    ['r1bundle', bundles(2)],
    ['r1legacy', ['dsse att-tag', 'simple-signing sig-tag']],
    ['notjws', ['notation referrer']],
    ['notcose', ['notation referrer']],
    ['notself', ['notation referrer']],
    ['notexpired', ['notation referrer']],
    ['notexpiredtsa', ['notation referrer']],
  ])('%s', async (layout, expected) => {
    expect(await findIn('signed-samples', 'layouts', layout, ':v1')).toEqual(expected);
  });

  test.each(['unsigned', 'legacy', 'bundle', 'wrongkey', 'keyless'])(
    '%s holds one image, so it needs no tag',
    async (layout) => {
      const folder = corpusPath('signed-samples', 'layouts', layout);

      expect((await openSource(`oci:${folder}`)).digest).toBe((await openSource(`oci:${folder}:v1`)).digest);
    },
  );

  test('a layout with several images names them', async () => {
    const folder = corpusPath('signed-samples', 'layouts', 'notjws');

    await expect(openSource(`oci:${folder}`)).rejects.toMatchObject({
      code: 'ambiguous',
      message: expect.stringContaining('(v1)'),
    });
  });
});

describeWithCorpus('a multi-arch image saved by cosign with its attestations', ['slsa', 'oci-layouts-v2.1.0'], () => {
  test('is the one image of the layout', async () => {
    const folder = corpusPath('slsa', 'oci-layouts-v2.1.0', 'container_workflow_dispatch');

    const opened = await openSource(`oci:${folder}`);

    expect(opened.digest).toBe('sha256:234e2c830c2fb31ac5671789d22adfe44d30c3ee831d01beae5e237841a13122');
  });

  test('has its attestations under the tag that a registry would give them', async () => {
    const formats = await findIn('slsa', 'oci-layouts-v2.1.0', 'container_workflow_dispatch');

    expect(new Set(formats)).toEqual(new Set(['dsse att-tag']));
  });
});
