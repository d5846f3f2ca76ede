import { describe, expect, test } from 'vitest';
import { applyStoredRoots } from '../../../lambdas/core/config/apply-stored-roots.ts';
import { hashConfig } from '../../../lambdas/core/config/hash.ts';
import { parseCompiledConfig } from '../../../lambdas/core/config/parse-compiled.ts';
import type { VerifiedSet } from '../../../lambdas/core/trust/tuf/metadata-set.ts';
import { createTufKey, LIFETIME } from '../../../local/sigstore/tuf-repository.ts';
import { testConfiguration } from '../../infra/configuration.ts';
import { aTrustedRoot, DAY, heldFrom, prepareRepository, START } from '../../support/tuf.ts';

/** A configuration with a refreshed root, its repository, and a set that leads to another root than the deployed one. */
async function prepare() {
  const prepared = prepareRepository();
  const { hash: _hash, ...content } = testConfiguration.compiled;
  const { repository, authority } = prepared;
  const deployed = repository.trustedRoot;
  const tuf = { mirror: 'https://tuf.example', initialRoot: 'root.json', target: authority.target, maxStale: '14d' };
  const withRoot = {
    ...content,
    trust: {
      ...content.trust,
      policy: { ...content.trust.policy, roots: { sigstore: { file: 'trusted_root.json', tuf } } },
      roots: { sigstore: deployed },
      initialRoots: { sigstore: repository.root().toString() },
    },
  };
  const config = parseCompiledConfig(JSON.stringify({ ...withRoot, hash: hashConfig(withRoot) }));
  const same = heldFrom(await prepared.refresh()).set;
  const trustedRoot = aTrustedRoot();
  repository.publish({ trustedRoot });
  const newer = heldFrom(await prepared.refresh()).set;
  const apply = (
    stored: typeof newer | 'unreadable' | undefined,
    before: ReadonlyMap<string, VerifiedSet> = new Map(),
    now = START,
  ) => applyStoredRoots(config, new Map(stored === undefined ? [] : [['sigstore', stored]]), before, now);
  return { ...prepared, config, deployed, same, newer, trustedRoot, apply };
}

describe('the roots in use', () => {
  test('are the stored ones where they verify, under a hash of their own', async () => {
    const { apply, newer, trustedRoot, config } = await prepare();

    const inUse = apply(newer);

    expect(inUse.config.trust.roots).toEqual({ sigstore: trustedRoot });
    expect(inUse.problems).toEqual([]);
    expect(inUse.config.hash).not.toBe(config.hash);
    expect(parseCompiledConfig(JSON.stringify(inUse.config))).toEqual(inUse.config);
  });

  test('keep the hash of the deployment where the stored root is the deployed one', async () => {
    const { apply, same, config } = await prepare();

    expect(apply(same).config.hash).toBe(config.hash);
  });

  test('keep their hash where only the metadata is newer', async () => {
    const { apply, newer, repository, refresh } = await prepare();
    repository.renew();

    expect(apply(heldFrom(await refresh()).set).config.hash).toBe(apply(newer).config.hash);
  });

  test('are the deployed ones where nothing is stored, and that is told', async () => {
    const { apply, config } = await prepare();

    expect(apply(undefined)).toMatchObject({ config, problems: [{ root: 'sigstore', kind: 'absent' }] });
  });

  test('are the deployed ones where the stored set is refused, and that is told', async () => {
    const { apply, newer, config } = await prepare();
    const foreign = (await prepare()).newer;

    for (const [stored, code] of [
      ['unreadable', 'malformed'],
      [foreign, 'not-signed'],
      [{ ...newer, target: foreign.target }, 'wrong-content'],
      [{ ...newer, timestamp: new Uint8Array() }, 'malformed'],
    ] as const) {
      expect(apply(stored)).toMatchObject({ config, problems: [{ kind: 'refused', reason: { code } }] });
    }
  });

  test('stay the ones before where the stored set is refused, gone or rolled back', async () => {
    const { apply, newer, same } = await prepare();
    const { verified, config } = apply(newer);

    for (const [stored, kind, code] of [
      ['unreadable', 'refused', 'malformed'],
      [undefined, 'absent', 'nothing-stored'],
      [same, 'refused', 'rolled-back'],
    ] as const) {
      expect(apply(stored, verified)).toMatchObject({ config, verified, problems: [{ kind, reason: { code } }] });
    }
  });

  test('may begin their versions again under a later root', async () => {
    const { apply, newer, repository, refresh } = await prepare();
    const { verified } = apply(newer);
    repository.versions.timestamp = 0;
    repository.rotate({ timestamp: [createTufKey()] });
    repository.renew();

    expect(apply(heldFrom(await refresh()).set, verified).problems).toEqual([]);
  });

  test('stay in use however long their metadata has ended, which is told after maxStale', async () => {
    const { apply, newer, trustedRoot } = await prepare();
    const end = START + LIFETIME.timestamp;

    expect(apply(newer, new Map(), end + 14 * DAY - 1).problems).toEqual([]);
    for (const now of [end + 14 * DAY, end + 10_000 * DAY]) {
      expect(apply(newer, new Map(), now)).toMatchObject({
        config: { trust: { roots: { sigstore: trustedRoot } } },
        problems: [{ kind: 'stale', reason: { code: 'expired' } }],
      });
    }
  });

  test('are those of the deployment where none is refreshed', () => {
    const inUse = applyStoredRoots(testConfiguration.compiled, new Map(), new Map(), START);

    expect(inUse).toMatchObject({ config: testConfiguration.compiled, problems: [] });
  });
});

test('a compiled configuration whose roots and initial roots do not go together is none', async () => {
  const { config } = await prepare();
  const { hash: _hash, ...content } = config;
  const { initialRoots: _roots, ...trust } = content.trust;
  const without = { ...content, trust };

  expect(() => parseCompiledConfig(JSON.stringify({ ...without, hash: hashConfig(without) }))).toThrow(
    'the root sigstore and its initial root.json do not go together',
  );
});
