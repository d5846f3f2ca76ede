import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Progress } from '../../bin/sweep/progress.ts';
import { pushImage } from '../../local/account/push-image.ts';
import type { EmbeddedAccount } from '../../local/account/types.ts';
import {
  type Artifact,
  buildImage,
  buildIndex,
  buildSignatureManifest,
  legacyTag,
} from '../../local/sigstore/images.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { prepareAccount } from '../local/account/prepare.ts';
import { disguiseImage } from '../support/disguised-image.ts';
import { type RegistryContents, startRegistry } from '../support/loopback-registry.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const sigstore = createPrivateSigstore({ now: () => Date.UTC(2026, 10, 23, 12) });
const [key, otherKey] = [createSigningKey(), createSigningKey()];
const [good, bare, forged, child] = ['good', 'bare', 'forged', 'child'].map((name) => buildImage(name)) as [
  Artifact,
  Artifact,
  Artifact,
  Artifact,
];
const index = buildIndex([{ image: child, architecture: 'arm64' }]);
const signed = (image: Artifact, by = key) =>
  buildSignatureManifest([sigstore.signLegacy(image.digest, 'r.example/acme/app', by)]);
const signatures = [signed(good), signed(forged, otherKey), signed(index)];
const TAGS: Readonly<Record<string, Artifact>> = {
  good,
  'good-too': good,
  bare,
  forged,
  child,
  index,
  [legacyTag(good.digest, 'sig')]: signatures[0] as Artifact,
  [legacyTag(forged.digest, 'sig')]: signatures[1] as Artifact,
  [legacyTag(index.digest, 'sig')]: signatures[2] as Artifact,
};

const EXPECTED: Readonly<Record<string, string>> = {
  [good.digest]: 'verified',
  [index.digest]: 'verified',
  [child.digest]: 'verified',
  [bare.digest]: 'unsigned',
  [forged.digest]: 'invalid',
};

/** A registry that lists its tags, two on a page. */
function contentsOf(names: readonly string[] = Object.keys(TAGS)): RegistryContents {
  return {
    repository: 'acme/app',
    artifacts: [good, bare, forged, child, index, ...signatures],
    tags: Object.fromEntries(Object.entries(TAGS).map(([tag, { digest }]) => [tag, digest])),
    referrers: [],
    override: (path) => {
      const url = new URL(path, 'http://registry.test');
      if (url.pathname !== '/v2/acme/app/tags/list') return undefined;
      const from = Number(url.searchParams.get('from') ?? 0);
      const link: Record<string, string> =
        from + 2 < names.length ? { link: `<${url.pathname}?from=${from + 2}>; rel="next"` } : {};
      return { headers: link, body: JSON.stringify({ name: 'acme/app', tags: names.slice(from, from + 2) }) };
    },
  };
}

async function sweep(contents: RegistryContents, flags: readonly string[] = [], signer = key) {
  await using registry = await startRegistry(contents);
  const folder = makeFolder({ 'key.pub': signer.publicKeyPem });
  const ran = await runCli(
    [
      ...['sweep', '--repository', `${registry.host}/acme/app`],
      ...['--key', `${folder}/key.pub`, '--insecure-ignore-tlog', ...flags],
    ],
    { environment: { HOME: makeFolder() } },
  );
  return { ...ran, ...readLines(ran.out), requests: registry.requests.length };
}

function readLines(out: string) {
  const lines = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return {
    lines,
    verdicts: Object.fromEntries(lines.map(({ digest, verdict }) => [digest, verdict])),
  };
}

describe('a sweep over a registry', () => {
  test('judges each image once, and what a verified index lists by it; signatures are no images', async () => {
    const { code, err, lines, verdicts } = await sweep(contentsOf());

    expect(code).toBe(1);
    expect(verdicts).toEqual(EXPECTED);
    expect(lines).toHaveLength(5);
    expect(lines.find(({ digest }) => digest === good.digest)).toMatchObject({
      image: expect.stringMatching(/^127\.0\.0\.1:\d+\/acme\/app@sha256:/),
      reasons: [{ code: 'policy-satisfied' }],
    });
    expect(lines.find(({ digest }) => digest === child.digest).reasons).toMatchObject([{ code: 'covered-by-index' }]);
    expect(err).toMatch(/^5 images: 3 verified, 1 unsigned, 1 invalid; \d+ s; all were seen\n$/);
  });

  test('sees the image that calls itself an attachment, by its subject or by its tag', async () => {
    const attached = disguiseImage('attached', good);
    const tagged = buildImage('tagged like a signature');
    const names = ['good', 'attached', legacyTag(good.digest, 'sig'), legacyTag(bare.digest, 'att')];
    const contents = contentsOf(names);
    const { code, verdicts } = await sweep({
      ...contents,
      artifacts: [...contents.artifacts, attached, tagged],
      tags: { ...contents.tags, attached: attached.digest, [legacyTag(bare.digest, 'att')]: tagged.digest },
    });

    expect(code).toBe(1);
    expect(verdicts).toEqual({
      [good.digest]: 'verified',
      [attached.digest]: 'unsigned',
      [tagged.digest]: 'unsigned',
    });
  });

  test('is a yes only where all are verified and there are some', async () => {
    expect((await sweep(contentsOf(['good', 'index', 'child']))).code).toBe(0);
    expect((await sweep(contentsOf([]))).code).toBe(3);
    expect((await sweep(contentsOf([legacyTag(good.digest, 'sig')]))).code).toBe(3);
    expect((await sweep(contentsOf(['good']), [], otherKey)).code).toBe(1);
  });

  test('goes on where its budget ended, and ends with the verdicts of one that was not interrupted', async () => {
    const folder = makeFolder();
    const host = await startRegistry(contentsOf());
    await using registry = host;
    const keys = makeFolder({ 'key.pub': key.publicKeyPem });
    const run = (flags: readonly string[]) =>
      runCli(
        [
          ...['sweep', '--repository', `${registry.host}/acme/app`, '--key', `${keys}/key.pub`],
          ...['--insecure-ignore-tlog', '--checkpoint', `${folder}/checkpoint`, '--concurrency', '1', ...flags],
        ],
        { environment: { HOME: folder } },
      );

    const seen: Record<string, string> = {};
    const codes: (number | null)[] = [];
    for (let round = 0; round < 8; round += 1) {
      const { code, out } = await run(['--most', '1']);
      codes.push(code);
      Object.assign(seen, readLines(out).verdicts);
      // As if it had ended while it wrote.
      if (round === 1) appendFileSync(`${folder}/checkpoint`, '{"repository":"torn');
      if (code !== 3) break;
    }

    expect(codes).toEqual([3, 3, 3, 3, 1]);
    expect(seen).toEqual(EXPECTED);
    expect(statSync(`${folder}/checkpoint`).mode & 0o077).toBe(0);
    // All of it is known now.
    expect(await run(['--most', '1'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^5 images, 5 of them before: /),
    });
    // By other trust it is another sweep.
    writeFileSync(`${keys}/key.pub`, otherKey.publicKeyPem);
    expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining('by another policy') });
  });

  test('time can be its budget', async () => {
    await using registry = await startRegistry(contentsOf());
    const folder = makeFolder({ 'key.pub': key.publicKeyPem });
    let now = 0;
    const args = ['--key', `${folder}/key.pub`, '--insecure-ignore-tlog', '--for', '5s', '--concurrency', '1'];
    const { code, out, err } = await runCli(['sweep', '--repository', `${registry.host}/acme/app`, ...args], {
      environment: { HOME: folder },
      clock: () => {
        now += 1000;
        return now;
      },
    });

    expect([1, 3]).toContain(code);
    expect(readLines(out).lines.length).toBeLessThan(5);
    expect(err).toContain('it ended before all were seen');
  });

  test('what cannot be listed is undecided', async () => {
    const refuse = (status: number) => ({
      ...contentsOf(),
      override: (path: string) => (path.includes('tags/list') ? { status } : undefined),
    });

    for (const status of [401, 403, 404, 500]) expect(await sweep(refuse(status))).toMatchObject({ code: 3, out: '' });
    const elsewhere: RegistryContents = {
      ...contentsOf(),
      override: (path) =>
        path.includes('tags/list')
          ? { headers: { link: '<http://other.test/v2/x/tags/list>; rel="next"' }, body: '{"tags":["good"]}' }
          : undefined,
    };
    expect(await sweep(elsewhere)).toMatchObject({ code: 3, err: expect.stringContaining('not at the registry') });
    const endless: RegistryContents = {
      ...contentsOf(),
      override: (path) => (path.includes('tags/list') ? { body: '{"tags": 5}' } : undefined),
    };
    expect(await sweep(endless)).toMatchObject({ code: 3, err: expect.stringContaining('no list of tags') });
  });

  test('an image that cannot be read now is undecided, and looked at again', async () => {
    let broken = true;
    const contents: RegistryContents = {
      ...contentsOf(['good']),
      override: (path, request, self) =>
        broken && path.includes(`/referrers/`) ? { status: 500 } : contentsOf(['good']).override?.(path, request, self),
    };
    const folder = makeFolder();
    await using registry = await startRegistry(contents);
    const keys = makeFolder({ 'key.pub': otherKey.publicKeyPem });
    const run = () =>
      runCli(
        [
          ...[
            'sweep',
            '--repository',
            `${registry.host}/acme/app`,
            '--key',
            `${keys}/key.pub`,
            '--insecure-ignore-tlog',
          ],
          ...['--checkpoint', `${folder}/checkpoint`],
        ],
        { environment: { HOME: folder } },
      );

    expect(await run()).toMatchObject({ code: 3, out: expect.stringContaining('"verdict":"error"') });
    broken = false;
    expect(await run()).toMatchObject({ code: 1, out: expect.stringContaining('"verdict":"invalid"') });
  });
});

describe('a sweep over ECR', () => {
  let account: EmbeddedAccount;
  const untagged = buildImage('untagged');

  beforeAll(async () => {
    account = prepareAccount().account;
    await account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: 'acme/app' }));
    for (const artifact of [good, bare, forged, child]) await push(artifact);
    for (const [tag, artifact] of Object.entries(TAGS)) await push(artifact, tag);
    await push(untagged);
  });

  const push = ({ manifest, mediaType, blobs }: Artifact, tag?: string) =>
    pushImage(account, {
      repository: 'acme/app',
      manifest,
      mediaType,
      blobs: blobs.map(({ bytes }) => bytes),
      ...(tag !== undefined && { tag }),
    });

  test('sees untagged images too, in the region of the registry', async () => {
    const regions: string[] = [];
    const folder = makeFolder({ 'key.pub': key.publicKeyPem });
    const { code, out, err } = await runCli(
      [
        ...['sweep', '--repository', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/app'],
        ...['--key', `${folder}/key.pub`, '--insecure-ignore-tlog'],
      ],
      {
        ecrIn: (region) => {
          regions.push(region);
          return account.clients.ecr;
        },
        fetch: account.fetch,
      },
    );

    expect(regions).toEqual(['eu-west-1']);
    expect(err).toContain('all were seen');
    expect(code).toBe(1);
    expect(readLines(out).verdicts).toEqual({ ...EXPECTED, [untagged.digest]: 'unsigned' });
  });

  test('a repository that is not there is undecided', async () => {
    const folder = makeFolder({ 'key.pub': key.publicKeyPem });
    const seen = await runCli(
      [
        ...['sweep', '--repository', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/nope'],
        ...['--key', `${folder}/key.pub`, '--insecure-ignore-tlog'],
      ],
      { ecrIn: () => account.clients.ecr, fetch: account.fetch },
    );

    expect(seen).toMatchObject({ code: 3, out: '', err: expect.stringContaining('there is no repository acme/nope') });
  });
});

describe('wrong usage of a sweep', () => {
  const TRUST = ['--key', 'trust/demo-release-key.pub', '--insecure-ignore-tlog'];

  test.each<[string, readonly string[]]>([
    ['--repository is missing', TRUST],
    ['no layout', ['--repository', 'oci:x', ...TRUST]],
    ['without tag and digest', ['--repository', 'r.example/acme/app:v1', ...TRUST]],
    ['without tag and digest', ['--repository', `r.example/acme/app@sha256:${'a'.repeat(64)}`, ...TRUST]],
    ['no repository of ECR', ['--repository', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/Acme', ...TRUST]],
    ['--concurrency takes', ['--repository', 'r.example/acme/app', '--concurrency', '33', ...TRUST]],
    ['--most takes', ['--repository', 'r.example/acme/app', '--most', '0', ...TRUST]],
    ['--for takes', ['--repository', 'r.example/acme/app', '--for', 'ever', ...TRUST]],
    ['whom to trust?', ['--repository', 'r.example/acme/app']],
    ['are given with --repository', ['--repository', 'r.example/acme/app', 'other', ...TRUST]],
    ['there is no option --scope', ['--repository', 'r.example/acme/app', '--scope', 'a/b', ...TRUST]],
  ])('%s', async (message, args) => {
    const { code, out, err } = await runCli(['sweep', ...args]);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test.each([
    ['nothing of a checkpoint', 'no checkpoint of a sweep'],
    ['{"countersign":"sweep","trust":"sha256:other"}\n', 'by another policy'],
  ])('a checkpoint that holds %j is refused, and left as it is', async (text, message) => {
    const folder = makeFolder({ checkpoint: text });
    const args = ['--repository', 'r.example/acme/app', '--checkpoint', `${folder}/checkpoint`, ...TRUST];

    expect(await runCli(['sweep', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(message) });
    expect(readFileSync(`${folder}/checkpoint`, 'utf8')).toBe(text);
    expect(existsSync(`${folder}/checkpoint`)).toBe(true);
  });
});

describe('progress', () => {
  test.each([
    ['lines', 1000, 30, [/^10 images: /, /^20 images: /, /^30 images: /]],
    ['lines', 100, 30, []],
    ['live', 100, 6, [/^\r\S{1,3}\[K2 images/, /4 images/, /6 images: 6 verified; 1 s$/]],
  ] as const)('in %s is told no more often than anybody reads it', (progress, step, images, expected) => {
    let now = 0;
    const told: string[] = [];
    const io = { out: () => {}, err: (text: string) => void told.push(text), environment: {} };
    const counter = new Progress({ ...io, progress, clock: () => now });

    for (let count = 0; count < images; count += 1) {
      now += step;
      counter.count('verified');
    }

    expect(told).toHaveLength(expected.length);
    for (const [index, line] of expected.entries()) expect(told[index]).toMatch(line);
  });
});
