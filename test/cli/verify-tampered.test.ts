import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli } from '../support/run-cli.ts';
import { type SamplePolicy, SIGNERS, verifyLayout, writeBuilderPolicy } from '../support/signed-samples.ts';
import { flipBit, TamperedLayout } from '../support/tampered-layout.ts';

// Many files are copied, or processes started, on what may be a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const REKOR1 = 'trusted-root-rekor1.json';
const SIGNED: readonly [string, SamplePolicy][] = [
  ['legacy', { signer: SIGNERS.key }],
  ['bundle', { signer: SIGNERS.key }],
  ['keytlog', { signer: SIGNERS.loggedKey, root: 'trusted-root.json' }],
  ['keyless', { signer: SIGNERS.developer, root: 'trusted-root.json' }],
  ['keylessgh', { signer: SIGNERS.workflow, root: 'trusted-root.json' }],
  ['legacykeyless', { signer: SIGNERS.workflowWithoutLog, root: 'trusted-root.json' }],
  ['r1bundle', { signer: SIGNERS.developer, root: REKOR1 }],
  ['r1legacy', { signer: SIGNERS.developer, root: REKOR1 }],
];

interface Origin {
  readonly manifest: string;
  readonly blob: string;
}

/** A fresh copy of a sample that verifies, and what in it satisfies its policy. */
async function prepare(layout: string, policy: SamplePolicy) {
  const tampered = new TamperedLayout(corpusPath('signed-samples', 'layouts', layout) ?? '');
  const { result } = await verifyLayout(`${tampered.folder}:v1`, policy);
  if (result.verdict !== 'verified') throw new Error(`${layout} should verify: ${JSON.stringify(result.reasons)}`);
  const satisfied = result.evidence.find(({ outcome }: { outcome: string }) => outcome === 'satisfied');
  const { manifest, blob }: Origin = satisfied.origin;
  return { tampered, image: String(result.digest), manifest, blob };
}

/** The verdict, and that the exit code says the same. */
async function judge({ folder }: TamperedLayout, policy: SamplePolicy): Promise<string> {
  const { code, result } = await verifyLayout(`${folder}:v1`, policy);
  expect(code).toBe({ verified: 0, unsigned: 1, invalid: 1, error: 3, gone: 3 }[String(result.verdict)]);
  return result.verdict;
}

const places = (length: number) => [0, Math.floor(length / 3), Math.floor((2 * length) / 3), length - 1];

describeWithCorpus('tampered copies of signed images', ['signed-samples', 'layouts'], () => {
  describe.each(SIGNED)('%s', (layout, policy) => {
    test.each(['image', 'manifest', 'blob'] as const)('a changed %s under its old digest', async (part) => {
      const { tampered, ...parts } = await prepare(layout, policy);
      const digest = parts[part];
      const bytes = tampered.read(digest);

      for (const at of places(bytes.length)) {
        tampered.overwrite(digest, flipBit(bytes, at));
        expect(await judge(tampered, policy)).not.toBe('verified');
      }
      tampered.overwrite(digest, bytes.subarray(0, -1));
      expect(await judge(tampered, policy)).not.toBe('verified');
      tampered.overwrite(digest, bytes);
      expect(await judge(tampered, policy)).toBe('verified');
    });

    test('a changed image under digests that fit, with the signature moved to it', async () => {
      const { tampered, image } = await prepare(layout, policy);
      const text = tampered.read(image).toString('latin1');

      // An annotation or a label: the image is another one, and the manifest still well-formed.
      const changed = tampered.replace(
        image,
        Buffer.from(text.replace(/"size":(\d)/, (_, digit) => `"size":${(Number(digit) % 9) + 1}`)),
      );

      expect(changed).not.toBe(image);

      expect(await judge(tampered, policy)).not.toBe('verified');
    });

    test('a changed signed payload under digests that fit', async () => {
      const { tampered, blob } = await prepare(layout, policy);
      const bytes = tampered.read(blob);
      const text = bytes.toString('latin1');
      const at = text.includes('"payload":"') ? text.indexOf('"payload":"') + 60 : Math.floor(bytes.length / 2);

      expect(tampered.replace(blob, flipBit(bytes, at, 1))).not.toBe(blob);

      expect(await judge(tampered, policy)).not.toBe('verified');
    });

    test('a changed signature under digests that fit', async () => {
      const { tampered, manifest, blob } = await prepare(layout, policy);
      const place = [manifest, blob].find((digest) => SIGNATURE.test(tampered.read(digest).toString('latin1'))) ?? '';
      const text = tampered.read(place).toString('latin1');

      const changed = tampered.replace(
        place,
        Buffer.from(
          text.replace(SIGNATURE, (_, before, letter) => before + swap(letter)),
          'latin1',
        ),
      );

      expect(changed).not.toBe(place);

      expect(await judge(tampered, policy)).not.toBe('verified');
    });

    test('a signature of another image', async () => {
      const { tampered, image } = await prepare(layout, policy);
      const other = new TamperedLayout(corpusPath('signed-samples', 'layouts', 'unsigned') ?? '');
      const index: { manifests: { digest: string; annotations?: Record<string, string> }[] } = JSON.parse(
        readFileSync(join(other.folder, 'index.json'), 'utf8'),
      );
      const unsigned = index.manifests[0]?.digest ?? '';

      tampered.overwrite(unsigned, other.read(unsigned));
      tampered.repoint(image, unsigned);

      expect(await judge(tampered, policy)).not.toBe('verified');
    });
  });

  test('an index that is no index, a marker that is missing', async () => {
    const policy: SamplePolicy = { signer: SIGNERS.key };
    const { tampered } = await prepare('bundle', policy);
    const index = join(tampered.folder, 'index.json');
    const text = readFileSync(index);

    for (const content of ['', '{', '[]', '{"manifests":1}', text.subarray(0, 100)]) {
      writeFileSync(index, content);
      expect(await judge(tampered, policy)).toBe('error');
    }
    writeFileSync(index, text);
    writeFileSync(join(tampered.folder, 'oci-layout'), '{}');
    expect(await judge(tampered, policy)).toBe('error');
  });
});

/** The beginning of a signature: in a bundle, in an envelope, in the annotation of a legacy layer. */
const SIGNATURE = /("sig": ?"|"dev\.cosignproject\.cosign\/signature":"|"signature":")([A-Za-z0-9+/])/;

/** Another letter of base64 in the first place: `M` is how DER begins. */
function swap(letter: string): string {
  return letter === 'A' ? 'B' : 'A';
}

describeWithCorpus('tampered copies of a real multi-arch image', ['slsa', 'oci-layouts-v2.1.0'], () => {
  const judgeImage = async (ref: string) => {
    const { code, out } = await runCli([
      ...['verify', `oci:${ref}`, '--json', '--policy', writeBuilderPolicy(), '--scope', 'acme/app'],
    ]);
    const result = JSON.parse(out);
    expect(code === 0).toBe(result.verdict === 'verified');
    return result;
  };
  const copy = () => new TamperedLayout(corpusPath('slsa', 'oci-layouts-v2.1.0', 'container_workflow_dispatch') ?? '');

  test.each(['image', 'manifest', 'blob'] as const)('a changed %s', async (part) => {
    const tampered = copy();
    const { digest, evidence } = await judgeImage(tampered.folder);
    const origins: Origin[] = evidence
      .filter(({ outcome }: { outcome: string }) => outcome === 'satisfied')
      .map(({ origin }: { origin: Origin }) => origin);
    const changed = part === 'image' ? [digest] : [...new Set(origins.map((origin) => origin[part]))];

    expect(changed.length).toBeGreaterThan(0);
    for (const one of changed) tampered.overwrite(one, flipBit(tampered.read(one), 100));

    expect((await judgeImage(`${tampered.folder}@${digest}`)).verdict).not.toBe('verified');
  });

  test('each signed payload changed under digests that fit', async () => {
    const tampered = copy();
    const { digest, evidence } = await judgeImage(tampered.folder);
    for (const { outcome, origin } of evidence) {
      if (outcome !== 'satisfied' || !tampered.has(origin.blob)) continue;
      const bytes = tampered.read(origin.blob);
      tampered.replace(origin.blob, flipBit(bytes, bytes.indexOf('"payload":"') + 60, 1));
    }

    expect((await judgeImage(`${tampered.folder}@${digest}`)).verdict).not.toBe('verified');
  });

  test('an image that it lists is not covered by its attestations', async () => {
    const tampered = copy();
    const { digest } = await judgeImage(tampered.folder);
    const { manifests } = JSON.parse(tampered.read(digest).toString());

    expect((await judgeImage(`${tampered.folder}@${manifests[0].digest}`)).verdict).not.toBe('verified');
  });
});
