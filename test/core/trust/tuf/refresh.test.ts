import { describe, expect, test } from 'vitest';
import {
  createTufKey,
  LIFETIME,
  signMetadata,
  type TufRepository,
  type TufRole,
} from '../../../../local/sigstore/tuf-repository.ts';
import { aTrustedRoot, DAY, heldFrom, mirrorOf, prepareRepository } from '../../../support/tuf.ts';

type Prepared = ReturnType<typeof prepareRepository>;

describe('what an honest repository publishes', () => {
  test('leads from the initial root to the trusted root', async () => {
    const { repository, refresh } = prepareRepository();

    const refreshed = await refresh();

    expect(refreshed).toMatchObject({
      outcome: 'newer',
      verified: { versions: { root: 1, timestamp: 1, snapshot: 1, targets: 1 }, trustedRoot: repository.trustedRoot },
    });
  });

  test('is asked for a new root and the timestamp and no more where nothing changed', async () => {
    const { repository, refresh } = prepareRepository();
    const held = heldFrom(await refresh());
    const mirror = mirrorOf(repository);

    expect(await refresh(held, mirror)).toEqual({ outcome: 'current' });
    expect(mirror.asked).toEqual(['2.root.json', 'timestamp.json']);
  });

  test('brings a new trusted root', async () => {
    const { repository, refresh } = prepareRepository();
    const held = heldFrom(await refresh());
    const trustedRoot = aTrustedRoot();
    repository.publish({ trustedRoot });

    expect(await refresh(held)).toMatchObject({
      outcome: 'newer',
      verified: { trustedRoot, versions: { targets: 2 } },
    });
  });

  test('lives on with a new timestamp alone', async () => {
    const { repository, refresh, time } = prepareRepository();
    const held = heldFrom(await refresh());
    time.now += 6 * DAY;
    repository.renew();

    const renewed = heldFrom(await refresh(held));

    expect(renewed.verified).toMatchObject({
      versions: { timestamp: 2, snapshot: 1 },
      expiresAt: time.now + LIFETIME.timestamp,
    });
  });

  test('may rotate all keys, several times, between two refreshes', async () => {
    const { repository, refresh } = prepareRepository();
    const held = heldFrom(await refresh());
    for (let round = 0; round < 5; round += 1) rotateAll(repository);
    repository.publish();

    const fresh = await refresh();
    const followed = await refresh(held);

    expect(fresh).toMatchObject({ outcome: 'newer', verified: { versions: { root: 6 } } });
    expect(followed).toEqual(fresh);
  });

  test('may start its versions again under new keys, after a version number was burnt', async () => {
    const { repository, refresh } = prepareRepository();
    repository.versions.timestamp = 1_000_000;
    repository.renew();
    const held = heldFrom(await refresh());
    repository.versions.timestamp = 1;
    repository.rotate({ timestamp: [createTufKey()], snapshot: [createTufKey()] });
    repository.publish();

    expect(await refresh(held)).toMatchObject({ outcome: 'newer', verified: { versions: { timestamp: 2 } } });
  });

  test('is followed from a newer initial root, whatever older roots were stored', async () => {
    const { repository, refresh, time, authority } = prepareRepository();
    for (let round = 0; round < 3; round += 1) repository.rotate({});
    repository.publish();
    const held = heldFrom(await refresh());
    const later = { ...authority, initialRoot: repository.root(3) };
    repository.renew();
    const { refreshMetadata } = await import('../../../../lambdas/core/trust/tuf/refresh.ts');

    const refreshed = await refreshMetadata(later, held, mirrorOf(repository), time.now);

    expect(heldFrom(refreshed).set.roots.map((bytes) => Buffer.from(bytes))).toEqual([repository.root(4)]);
  });

  test('may end while older roots on the way have ended before', async () => {
    const { repository, refresh, time } = prepareRepository();
    time.now += 2 * LIFETIME.root;
    rotateAll(repository);
    repository.publish();

    expect(await refresh()).toMatchObject({ outcome: 'newer' });
  });
});

/** What an attacker may do who holds the mirror, and what each attempt is refused as. */
const attacks: readonly (readonly [string, string, (prepared: Prepared) => void])[] = [
  [
    'an older timestamp',
    'rolled-back',
    ({ repository }) => {
      repository.versions.timestamp = 0;
      repository.renew();
    },
  ],
  [
    'a new timestamp over an older snapshot',
    'rolled-back',
    ({ repository }) => {
      repository.versions.snapshot = 1;
      repository.renew();
    },
  ],
  ['a new snapshot over older targets', 'rolled-back', ({ repository }) => publishSnapshot(repository, targetsMeta(1))],
  ['a snapshot that no longer names targets.json', 'rolled-back', ({ repository }) => publishSnapshot(repository, {})],
  [
    'a timestamp that is never renewed (freeze)',
    'expired',
    ({ time }) => {
      time.now += LIFETIME.timestamp;
    },
  ],
  [
    'a root that is never renewed (freeze)',
    'expired',
    ({ time, repository }) => {
      time.now += LIFETIME.root;
      repository.publish();
    },
  ],
  [
    'a snapshot that is never renewed (freeze)',
    'expired',
    ({ time, repository }) => {
      time.now += LIFETIME.snapshot;
      repository.renew();
    },
  ],
  [
    'targets that are never renewed (freeze)',
    'expired',
    ({ time, repository }) => {
      time.now += LIFETIME.targets;
      publishSnapshot(repository, targetsMeta(repository.versions.targets));
    },
  ],
  [
    'a snapshot of another moment (mix and match)',
    'wrong-content',
    ({ repository }) => {
      repository.publish();
      replace(repository, 'snapshot', 1);
    },
  ],
  [
    'targets of another moment (mix and match)',
    'wrong-content',
    ({ repository }) => {
      repository.publish();
      replace(repository, 'targets', 1);
    },
  ],
  [
    'a snapshot of another moment, where the timestamp gives no hash',
    'wrong-version',
    ({ repository }) => {
      repository.publish();
      replace(repository, 'snapshot', 1);
      const meta = { 'snapshot.json': { version: repository.versions.snapshot } };
      repository.files.set('timestamp.json', repository.sign('timestamp', { meta }));
    },
  ],
  [
    'targets of another moment, where the snapshot gives no hash',
    'wrong-version',
    ({ repository }) => {
      repository.publish();
      replace(repository, 'targets', 1);
      publishSnapshot(repository, targetsMeta(repository.versions.targets));
    },
  ],
  [
    'another trusted root in the place of the target',
    'wrong-content',
    ({ repository }) => {
      repository.publish({ trustedRoot: aTrustedRoot() });
      const path = [...repository.files.keys()].findLast((name) => name.startsWith('targets/')) ?? '';
      repository.files.set(path, Buffer.from(JSON.stringify(aTrustedRoot())));
    },
  ],
  [
    'a target with octets after its end',
    'wrong-content',
    ({ repository }) => {
      repository.publish({ trustedRoot: aTrustedRoot() });
      const path = [...repository.files.keys()].findLast((name) => name.startsWith('targets/')) ?? '';
      repository.files.set(path, Buffer.concat([repository.files.get(path) ?? Buffer.alloc(0), Buffer.from(' ')]));
    },
  ],
  ['a timestamp signed by a stranger', 'not-signed', ({ repository }) => publishWith(repository, 'timestamp')],
  ['a snapshot signed by a stranger', 'not-signed', ({ repository }) => publishWith(repository, 'snapshot')],
  ['targets signed by a stranger', 'not-signed', ({ repository }) => publishWith(repository, 'targets')],
  [
    'a timestamp signed by the key of another role',
    'not-signed',
    ({ repository }) => {
      repository.keys = { ...repository.keys, timestamp: repository.keys.snapshot };
      repository.renew();
    },
  ],
  [
    'a timestamp whose content was changed after it was signed',
    'not-signed',
    ({ repository }) => {
      repository.renew();
      edit(repository, 'timestamp.json', (signed) => ({ ...signed, version: 99 }));
    },
  ],
  [
    'a timestamp that carries one signature twice where two are needed',
    'not-signed',
    ({ repository }) => {
      const { repository: strict } = prepareRepository({ thresholds: { timestamp: 2 } });
      const [first] = strict.keys.timestamp;
      strict.keys = { ...strict.keys, timestamp: first === undefined ? [] : [first] };
      strict.renew();
      for (const [name, bytes] of strict.files) repository.files.set(name, bytes);
    },
  ],
  [
    'a new root by the new keys alone',
    'not-signed',
    ({ repository }) => {
      repository.keys = { ...repository.keys, root: [createTufKey(), createTufKey()] };
      repository.rotate({});
    },
  ],
  [
    'a new root by one of two old keys',
    'not-signed',
    ({ repository }) => {
      const keys = repository.keys.root.slice(0, 1);
      repository.keys = { ...repository.keys, root: [...keys, createTufKey()] };
      repository.rotate({});
    },
  ],
  [
    'a new root whose new keys have not signed',
    'not-signed',
    ({ repository }) => {
      const old = repository.keys.root;
      repository.rotate({ root: [createTufKey(), createTufKey()] });
      const signed = readSigned(repository, '2.root.json');
      repository.files.set('2.root.json', signMetadata(signed, old));
    },
  ],
  [
    'a root that skips a version',
    'wrong-version',
    ({ repository }) => {
      repository.rotate({});
      repository.rotate({});
      repository.files.set('2.root.json', repository.root(3));
    },
  ],
  [
    'the same root again as the next',
    'wrong-version',
    ({ repository }) => void repository.files.set('2.root.json', repository.root()),
  ],
  [
    'a root in which one key stands under two ids',
    'malformed',
    ({ repository }) => {
      const [key] = repository.keys.timestamp;
      if (key !== undefined) repository.rotate({ timestamp: [key, { ...key, id: 'f'.repeat(64) }] });
    },
  ],
  [
    'a root with more keys than anybody needs',
    'malformed',
    ({ repository }) => repository.rotate({ targets: Array.from({ length: 65 }, createTufKey) }),
  ],
  [
    'an expiry in another form than the specification has',
    'malformed',
    ({ repository }) => edit(repository, 'timestamp.json', (signed) => ({ ...signed, expires: '2099' })),
  ],
  [
    'metadata of another role under the name',
    'malformed',
    ({ repository }) => void repository.files.set('timestamp.json', repository.root()),
  ],
  [
    'an unknown role',
    'malformed',
    ({ repository }) => edit(repository, 'timestamp.json', (signed) => ({ ...signed, _type: 'mirrors' })),
  ],
  [
    'a major version of TUF that nobody knows',
    'malformed',
    ({ repository }) => edit(repository, 'timestamp.json', (signed) => ({ ...signed, spec_version: '2.0.0' })),
  ],
  [
    'a version that is no number of a version',
    'malformed',
    ({ repository }) => edit(repository, 'timestamp.json', (signed) => ({ ...signed, version: -1 })),
  ],
  [
    'an expiry that is no time',
    'malformed',
    ({ repository }) => edit(repository, 'timestamp.json', (signed) => ({ ...signed, expires: 'never' })),
  ],
  [
    'a timestamp that is not JSON',
    'malformed',
    ({ repository }) => void repository.files.set('timestamp.json', Buffer.from('<html>')),
  ],
  [
    'nesting without end',
    'malformed',
    ({ repository }) => void repository.files.set('timestamp.json', Buffer.from('['.repeat(16_000))),
  ],
  [
    'a timestamp beyond its bound',
    'too-large',
    ({ repository }) => void repository.files.set('timestamp.json', Buffer.alloc(1024 * 1024, ' ')),
  ],
  [
    'a root beyond its bound',
    'too-large',
    ({ repository }) => void repository.files.set('2.root.json', Buffer.alloc(1024 * 1024, ' ')),
  ],
  [
    'targets without the trusted root',
    'unknown-target',
    ({ repository }) => publishTargets(repository, { targets: {} }),
  ],
  [
    'a target without a strong hash',
    'malformed',
    ({ repository }) =>
      publishTargets(repository, { targets: { 'trusted_root.json': { length: 3, hashes: { md5: '00' } } } }),
  ],
  [
    'a target that is no trusted root',
    'unusable-target',
    ({ repository }) => repository.publish({ trustedRoot: { hello: 'world' } }),
  ],
  ['no timestamp at all', 'unreachable', ({ repository }) => void repository.files.delete('timestamp.json')],
];

describe.each([
  ['a client that holds a set', true],
  ['a client that holds nothing', false],
])('%s refuses', (_name, holds) => {
  // Older than what is held means nothing to who holds nothing.
  const concerned = attacks.filter(([, code]) => holds || code !== 'rolled-back');

  test.each(concerned)('%s (%s)', async (_attack, code, play) => {
    const prepared = prepareRepository();
    prepared.repository.publish();
    const held = holds ? heldFrom(await prepared.refresh()) : undefined;
    play(prepared);

    await expect(prepared.refresh(held)).rejects.toMatchObject({ name: 'TufError', code });
  });
});

test('an older snapshot is refused also where its targets are the same', async () => {
  const { repository, refresh } = prepareRepository();
  publishSnapshot(repository, targetsMeta(1));
  const held = heldFrom(await refresh());
  repository.versions.snapshot = 1;
  repository.renew();

  await expect(refresh(held)).rejects.toMatchObject({ code: 'rolled-back' });
});

test('what is held is not up to date where its snapshot ended before its timestamp', async () => {
  const { repository, refresh, time } = prepareRepository();
  time.now += LIFETIME.snapshot - 1;
  repository.renew();
  const held = heldFrom(await refresh());
  time.now += 1;

  await expect(refresh(held)).rejects.toMatchObject({ code: 'expired' });
});

function rotateAll(repository: TufRepository): void {
  repository.rotate({
    root: [createTufKey(), createTufKey()],
    timestamp: [createTufKey()],
    snapshot: [createTufKey()],
    targets: [createTufKey()],
  });
}

/** What a snapshot says of a version of targets.json where it gives neither hash nor length. */
function targetsMeta(version: number) {
  return { 'targets.json': { version } };
}

function publishSnapshot(repository: TufRepository, meta: object): void {
  const snapshot = repository.sign('snapshot', { meta });
  repository.files.set(`${repository.versions.snapshot}.snapshot.json`, snapshot);
  repository.renew();
}

/** Serves an older version of a file under the name of the current one. */
function replace(repository: TufRepository, role: 'snapshot' | 'targets', version: number): void {
  const older = repository.files.get(`${version}.${role}.json`) ?? Buffer.alloc(0);
  repository.files.set(`${repository.versions[role]}.${role}.json`, older);
}

/** Publishes with a stranger's key in the place of a role's. */
function publishWith(repository: TufRepository, role: TufRole): void {
  repository.keys = { ...repository.keys, [role]: [createTufKey()] };
  repository.publish();
}

function publishTargets(repository: TufRepository, content: object): void {
  const targets = repository.sign('targets', content);
  repository.files.set(`${repository.versions.targets}.targets.json`, targets);
  publishSnapshot(repository, targetsMeta(repository.versions.targets));
}

function readSigned(repository: TufRepository, path: string): object {
  return JSON.parse(String(repository.files.get(path))).signed;
}

/** Changes what a file says and leaves its signatures. */
function edit(repository: TufRepository, path: string, change: (signed: object) => object): void {
  const file = JSON.parse(String(repository.files.get(path)));
  repository.files.set(path, Buffer.from(JSON.stringify({ ...file, signed: change(file.signed) })));
}
