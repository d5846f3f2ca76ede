import { randomBytes } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { type RootStore, rootStore } from '../../lambdas/aws/root-store.ts';
import type { Mirror } from '../../lambdas/core/trust/tuf/refresh.ts';
import { refreshRoot } from '../../lambdas/trust-refresh/refresh-root.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { heldFrom, mirrorOf, prepareRepository, START } from '../support/tuf.ts';

/** A table in an embedded account, a repository, and refreshers that read the row before they fetch. */
async function prepare() {
  const prepared = prepareRepository();
  const { authority } = prepared;
  const { clients } = createEmbeddedAccount({
    id: '123456789012',
    region: 'eu-west-1',
    clock: virtualClock(START),
    random: () => 0.5,
  });
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: 'verdicts',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'image', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'image', KeyType: 'HASH' }],
    }),
  );
  const store = rootStore(clients.dynamodb, 'verdicts');
  const root = { name: 'sigstore', mirror: 'https://tuf.example', authority, maxStale: 0 };
  const refreshWith = async (mirror: Mirror, over: RootStore = store) => {
    const stored = (await over.read([root.name])).get(root.name);
    return refreshRoot(root, stored, mirror, over, START);
  };
  const readRow = async () => {
    const Key = { image: 'trusted root sigstore' };
    return (await clients.dynamodb.send(new GetCommand({ TableName: 'verdicts', Key, ConsistentRead: true }))).Item;
  };
  return { ...prepared, store, refreshWith, readRow };
}

/** What a repository serves at this moment. */
function freeze(repository: Parameters<typeof mirrorOf>[0]): Mirror {
  const files = new Map(repository.files);
  return { read: (path) => Promise.resolve(files.get(path)) };
}

describe('what is stored', () => {
  test('is read again as it was fetched', async () => {
    const { refresh, refreshWith, repository, store } = await prepare();
    repository.rotate({});
    const { set } = heldFrom(await refresh());

    expect(await refreshWith(mirrorOf(repository))).toEqual({ outcome: 'stored', problems: [] });
    expect((await store.read(['sigstore', 'another'])).get('sigstore')).toEqual({
      revision: 1,
      set: JSON.parse(JSON.stringify(set), (_key, value) =>
        value?.type === 'Buffer' ? new Uint8Array(value.data) : value,
      ),
    });
  });

  test('is not written again where nothing is newer', async () => {
    const { refreshWith, repository, readRow } = await prepare();
    await refreshWith(mirrorOf(repository));
    const row = await readRow();

    expect(await refreshWith(mirrorOf(repository))).toEqual({ outcome: 'current', problems: [] });
    expect(await readRow()).toEqual(row);
  });

  test('is never replaced by what has no place in a row', async () => {
    const { refreshWith, repository, readRow } = await prepare();
    repository.publish({
      trustedRoot: { ...Object(repository.trustedRoot), comment: randomBytes(150_000).toString('base64') },
    });
    const wide = { read: async (path: string) => repository.files.get(path) };

    const first = await refreshWith(wide);
    // What does not compress: sixteen roots full of noise.
    for (let version = 0; version < 16; version += 1) {
      const noise = randomBytes(22_000).toString('base64');
      repository.files.set(
        `${repository.versions.root + 1}.root.json`,
        Buffer.from(repository.sign('root', { ...rootOf(repository.root(repository.versions.root)), noise })),
      );
    }

    expect(first.outcome).toBe('stored');
    expect(await refreshWith(wide)).toMatchObject({
      outcome: 'refused',
      problems: [{ kind: 'refused', reason: { code: 'set-too-large' } }],
    });
    expect(await readRow()).toMatchObject({ revision: 1 });
  });
});

describe('two refreshers at once', () => {
  test('that fetched the same: one stores it, and both are content', async () => {
    const { refreshWith, repository, readRow } = await prepare();

    const both = await Promise.all([refreshWith(mirrorOf(repository)), refreshWith(mirrorOf(repository))]);

    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['overtaken', 'stored']);
    expect(await readRow()).toMatchObject({ revision: 1 });
  });

  test('of which the slower fetched something older: it does not replace what is newer', async () => {
    const { refreshWith, repository, readRow, store } = await prepare();
    await refreshWith(mirrorOf(repository));
    repository.renew();
    const older = freeze(repository);
    repository.renew();
    let overtaken: unknown;
    const slow: RootStore = {
      ...store,
      write: async (...write) => {
        overtaken = await refreshWith(mirrorOf(repository));
        return store.write(...write);
      },
    };

    expect(await refreshWith(older, slow)).toEqual({ outcome: 'overtaken', problems: [] });
    expect(overtaken).toEqual({ outcome: 'stored', problems: [] });
    expect(await readRow()).toMatchObject({ revision: 2, versions: { timestamp: 3 } });
  });
});

function rootOf(bytes: Buffer): object {
  const { keys, roles, consistent_snapshot } = JSON.parse(bytes.toString()).signed;
  return { keys, roles, consistent_snapshot };
}
