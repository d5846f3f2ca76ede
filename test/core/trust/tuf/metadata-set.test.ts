import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TufError } from '../../../../lambdas/core/trust/tuf/errors.ts';
import {
  followRoots,
  type MetadataSet,
  parseInitialRoot,
  verifyMetadataSet,
} from '../../../../lambdas/core/trust/tuf/metadata-set.ts';
import { createTufKey, LIFETIME } from '../../../../local/sigstore/tuf-repository.ts';
import { aTrustedRoot, heldFrom, prepareRepository, START } from '../../../support/tuf.ts';

/** A set whose root was rotated twice. */
async function prepareSet() {
  const prepared = prepareRepository();
  prepared.repository.rotate({ timestamp: [createTufKey()] });
  prepared.repository.rotate({ root: [createTufKey(), createTufKey()] });
  prepared.repository.publish();
  const { set } = heldFrom(await prepared.refresh());
  return { ...prepared, set };
}

const FILES = ['timestamp', 'snapshot', 'targets', 'target'] as const;

describe('a stored set', () => {
  test('verifies without clock and network, long after it ended', async () => {
    const { set, authority, repository } = await prepareSet();

    expect(verifyMetadataSet(authority, set)).toMatchObject({
      versions: { root: 3, timestamp: 2, snapshot: 2, targets: 2 },
      expiresAt: START + LIFETIME.timestamp,
      trustedRoot: repository.trustedRoot,
    });
  });

  test.each(FILES)('is refused with the %s of another repository', async (file) => {
    const { set, authority } = await prepareSet();
    const { set: foreign } = await prepareSet();

    expect(() => verifyMetadataSet(authority, { ...set, [file]: foreign[file] })).toThrow(TufError);
  });

  test('is refused as a whole from another repository', async () => {
    const { authority } = await prepareSet();
    const { set: foreign } = await prepareSet();

    expect(() => verifyMetadataSet(authority, foreign)).toThrow(expect.objectContaining({ code: 'not-signed' }));
  });

  test.each<[string, (roots: readonly Uint8Array[]) => readonly Uint8Array[], string]>([
    ['the first left out', ([, ...rest]) => rest, 'wrong-version'],
    ['their order turned', (roots) => roots.toReversed(), 'wrong-version'],
    ['none of them', () => [], 'not-signed'],
    ['one of them twice', ([first, ...rest]) => (first === undefined ? [] : [first, first, ...rest]), 'wrong-version'],
  ])('is refused where of its roots %s', async (_what, change, code) => {
    const { set, authority } = await prepareSet();

    expect(() => verifyMetadataSet(authority, { ...set, roots: change(set.roots) })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('is refused under another name of the target', async () => {
    const { set, authority } = await prepareSet();

    for (const target of ['other.json', '__proto__', 'constructor', '']) {
      expect(() => verifyMetadataSet({ ...authority, target }, set)).toThrow(
        expect.objectContaining({ code: 'unknown-target' }),
      );
    }
  });

  test.each(['other.json', 'toString', 'constructor', '__proto__'])(
    'is refused with the member %s, which no signature covers',
    async (name) => {
      const { set, authority } = await prepareSet();
      const text = Buffer.from(set.timestamp).toString();
      for (const before of ['"_type":', '"snapshot.json":', '"version":', '"sha256":', '"signed":', '"sig":']) {
        const timestamp = Buffer.from(text.replace(before, `"${name}":{},${before}`));
        const judge = () => verifyMetadataSet(authority, { ...set, timestamp });

        // Beside `signed` and inside of signatures nothing is signed, and nothing is read.
        if (before === '"signed":' || before === '"sig":') expect(judge().versions).toMatchObject({ timestamp: 2 });
        else expect(judge).toThrow(TufError);
      }
    },
  );

  test('is refused with a name twice', async () => {
    const { set, authority } = await prepareSet();
    const text = Buffer.from(set.timestamp).toString();
    const timestamp = Buffer.from(text.replace('"_type":', '"_type":"root","_type":'));

    expect(() => verifyMetadataSet(authority, { ...set, timestamp })).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  test('says the same or is refused, whichever octet is changed', async () => {
    const { set, authority } = await prepareSet();
    const intact = verifyMetadataSet(authority, set);

    fc.assert(
      fc.property(
        fc.constantFrom(...FILES, 0, 1),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 1, max: 255 }),
        (file, place, flip) => {
          const change = (bytes: Uint8Array) => {
            const changed = Uint8Array.from(bytes);
            const at = Math.floor(place * changed.length);
            changed[at] = (changed[at] ?? 0) ^ flip;
            return changed;
          };
          const changed: MetadataSet =
            typeof file === 'number'
              ? { ...set, roots: set.roots.map((bytes, at) => (at === file ? change(bytes) : bytes)) }
              : { ...set, [file]: change(set[file]) };
          try {
            const { trustedRoot, versions } = verifyMetadataSet(authority, changed);
            expect({ trustedRoot, versions }).toEqual({ trustedRoot: intact.trustedRoot, versions: intact.versions });
          } catch (thrown) {
            if (!(thrown instanceof TufError)) throw thrown;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the initial root', () => {
  test.each<[string, (text: string) => string]>([
    ['truncated', (text) => text.slice(0, -20)],
    ['with another threshold', (text) => text.replace('"threshold":2', '"threshold":1')],
    ['without signatures', (text) => text.replace(/"signatures":\[.*?\]/, '"signatures":[]')],
    ['of a trusted root', () => JSON.stringify(aTrustedRoot())],
    ['empty', () => ''],
  ])('is refused %s', (_what, change) => {
    const { authority } = prepareRepository();

    expect(() => parseInitialRoot(Buffer.from(change(authority.initialRoot.toString())))).toThrow(TufError);
  });
});

describe('the root of the public Sigstore, as @sigstore/tuf carries it', () => {
  const seeds = z
    .record(z.string(), z.object({ 'root.json': z.string(), targets: z.record(z.string(), z.string()) }))
    .parse(JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'), 'utf8')));
  const text = Buffer.from(seeds['https://tuf-repo-cdn.sigstore.dev']?.['root.json'] ?? '', 'base64').toString();

  test('is signed by its own keys', () => {
    const root = parseInitialRoot(Buffer.from(text));

    expect(root.signed).toMatchObject({ version: 16, expires: '2027-04-22T19:27:31Z', consistentSnapshot: true });
    expect(root.signed.roles.root?.threshold).toBe(3);
  });

  test('is not one with a changed expiry, nor its own successor', () => {
    const initial = parseInitialRoot(Buffer.from(text));

    expect(() => parseInitialRoot(Buffer.from(text.replace('2027-04-22', '2037-04-22')))).toThrow(TufError);
    expect(followRoots(initial, [Buffer.from(text)])).toBe(initial);
  });
});
