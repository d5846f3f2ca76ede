import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSource } from '../../../bin/sources/open-source.ts';
import { hexOf } from '../../../lambdas/core/digest.ts';
import { findSignatures } from '../../../lambdas/core/images/find-signatures.ts';
import { rebuildPayload } from '../../../lambdas/core/images/signature-manifest.ts';
import { LIMITS, type Limits } from '../../../lambdas/core/images/source.ts';
import { type Artifact, buildImage, INDEX } from '../../../local/sigstore/images.ts';
import { type Answer, type RegistryContents, startRegistry } from '../../support/loopback-registry.ts';
import { artifactOf, BUNDLE, blobOf, referrerOf, SIMPLE_SIGNING } from '../../support/memory-source.ts';

const image = buildImage('an image');
const tag = `sha256-${hexOf(image.digest)}`;
const REPOSITORY = 'acme/app';
let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'countersign-registry-'));
});
afterAll(() => rm(home, { recursive: true }));

const bundles = (count: number): Artifact[] =>
  Array.from({ length: count }, (_, at) => referrerOf(image, [blobOf(BUNDLE, `{"n":${at}}`)]));

function contentsOf(referrers: readonly Artifact[], more: Partial<RegistryContents> = {}): RegistryContents {
  return {
    repository: REPOSITORY,
    artifacts: [image, ...referrers],
    tags: { v1: image.digest },
    referrers: referrers.map(({ digest }) => ({ digest, artifactType: 'application/vnd.example.lie' })),
    ...more,
  };
}

/** Starts a registry, opens `acme/app:v1` in it and looks for signatures. */
async function search(contents: RegistryContents, limits: Partial<Limits> = {}, environment = { HOME: home }) {
  await using registry = await startRegistry(contents);
  const { source, digest, name } = await openSource(`${registry.host}/${REPOSITORY}:v1`, { environment });
  const found = await findSignatures(source, digest, { ...LIMITS, ...limits });
  return { found, registry, name, digest };
}

describe('a registry', () => {
  test('with 60 referrers on two pages gives them all', async () => {
    const { found, registry, name } = await search(contentsOf(bundles(60)));

    expect(found).toMatchObject({ state: 'found', problems: [], candidates: { length: 60 } });
    expect(found).not.toHaveProperty('incomplete');
    expect(registry.requests.filter(({ line }) => line.includes('/referrers/'))).toHaveLength(2);
    expect(name).toBe(`${registry.host}/acme/app@${image.digest}`);
  });

  test('without a referrers API gives those of the fallback tag', async () => {
    const [referrer] = bundles(1);
    if (!referrer) throw new Error('one referrer');
    const entry = { mediaType: referrer.mediaType, digest: referrer.digest, size: referrer.manifest.length };
    const index = artifactOf({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] }, [], INDEX);
    const contents = contentsOf([], {
      artifacts: [image, referrer, index],
      tags: { v1: image.digest, [tag]: index.digest },
      referrers: undefined,
    });

    const { found } = await search(contents);

    expect(found).toMatchObject({
      problems: [],
      candidates: [{ format: 'bundle', origin: { kind: 'fallback-tag', tag } }],
    });
  });

  test.each([
    ['400', { status: 400 }],
    ['405', { status: 405 }],
    ['a page of HTML', { headers: { 'content-type': 'text/html' }, body: '<html>' }],
  ])('that answers %s for referrers has no such API', async (_, answer) => {
    const { found } = await search(
      contentsOf([], { override: (path) => (path.includes('/referrers/') ? answer : undefined) }),
    );

    expect(found).toMatchObject({ state: 'found', candidates: [], problems: [] });
    expect(found).not.toHaveProperty('incomplete');
  });

  test('with a legacy .sig rebuilds the payload', async () => {
    await using registry = await startRegistry({
      ...contentsOf([]),
      override: (path, _, self) => {
        if (!path.endsWith('.sig')) return undefined;
        const payload = rebuildPayload(`${new URL(self).host}/acme/app`, image.digest).toString();
        const { manifest, mediaType } = referrerOf(undefined, [blobOf(SIMPLE_SIGNING, payload)]);
        return { headers: { 'content-type': mediaType }, body: manifest };
      },
    });

    const { source, digest } = await openSource(`${registry.host}/acme/app@${image.digest}`, { environment: {} });
    const found = await findSignatures(source, digest, LIMITS);

    expect(found).toMatchObject({ candidates: [{ format: 'simple-signing' }], problems: [] });
    expect(registry.requests.some(({ line }) => line.includes('/blobs/'))).toBe(false);
  });

  test('that gives no content type is believed what the manifest says of itself', async () => {
    const override: RegistryContents['override'] = (path) =>
      path.endsWith(image.digest) && path.includes('/manifests/') ? { body: image.manifest } : undefined;

    expect((await search(contentsOf([], { override }))).found).toMatchObject({ state: 'found' });
  });
});

describe('a registry that lies', () => {
  const [referrer] = bundles(1);
  if (!referrer) throw new Error('one referrer');
  const layer = referrer.blobs.at(-1);
  const blobPath = `/blobs/${layer?.digest}`;
  const manifestPath = `/manifests/${referrer.digest}`;

  test.each([
    [
      'other bytes for a manifest',
      manifestPath,
      { headers: { 'content-type': referrer.mediaType }, body: '{}' },
      'referrer-digest-mismatch',
    ],
    ['other bytes for a layer', blobPath, { body: '{"n":1}' }, 'layer-digest-mismatch'],
    ['a longer layer', blobPath, { body: '{"n":0}  ' }, 'layer-too-large'],
    ['an endless layer', blobPath, { endless: Buffer.alloc(1024, '{') }, 'layer-too-large'],
    ['an endless manifest', manifestPath, { endless: Buffer.alloc(65536, '{') }, 'limit-manifest-bytes'],
    ['a redirect to a file', blobPath, { status: 302, headers: { location: 'file:///etc/passwd' } }, 'layer-malformed'],
    [
      'a redirect to plain http elsewhere',
      blobPath,
      { status: 302, headers: { location: 'http://192.0.2.1/x' } },
      'layer-malformed',
    ],
    ['a redirect to itself', blobPath, { status: 307, headers: { location: '' } }, 'layer-malformed'],
  ])('with %s passes nothing', async (_, path, answer, code) => {
    const contents = contentsOf([referrer], { override: (asked) => (asked.endsWith(path) ? answer : undefined) });

    const { found } = await search(contents);

    expect(found).toMatchObject({ state: 'found', candidates: [], problems: [{ code }] });
  });

  test('with a manifest of 50 MB as the image is malformed', async () => {
    const body = Buffer.alloc(50 * 1024 * 1024, ' ');
    const override: RegistryContents['override'] = (path) =>
      path.endsWith(`/manifests/${image.digest}`) ? { body } : undefined;

    const { found } = await search(contentsOf([], { override }));

    expect(found).toMatchObject({ state: 'malformed', reason: { code: 'limit-manifest-bytes' } });
  });

  test.each([
    ['another host', 'http://127.0.0.1:1/v2/acme/app/referrers/x'],
    ['another host by name', '//elsewhere.test/v2/acme/app/referrers/x'],
    ['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['another path', '/admin'],
    ['an unreadable address', 'http://[/'],
  ])('about the next page, sending to %s, is not followed, and nothing is concluded', async (_, target) => {
    const headers = { 'content-type': INDEX, link: `<${target}>; rel="next"` };
    const body = JSON.stringify({ schemaVersion: 2, manifests: [] });
    const override: RegistryContents['override'] = (path) =>
      path.includes('/referrers/') ? { headers, body } : undefined;

    const { found, registry } = await search(contentsOf([], { override }));

    expect(found).toMatchObject({ state: 'found', incomplete: { code: 'referrers-malformed' } });
    expect(registry.requests.filter(({ line }) => !line.includes('/v2/acme/app/'))).toEqual([]);
  });

  test('with pages without end stops at the bound and says so', async () => {
    const headers = { 'content-type': INDEX, link: `</v2/acme/app/referrers/${image.digest}?again>; rel="next"` };
    const override: RegistryContents['override'] = (path) =>
      path.includes('/referrers/') ? { headers, body: '{"schemaVersion":2,"manifests":[]}' } : undefined;

    const { found, registry } = await search(contentsOf([], { override }), { referrerPages: 4 });

    expect(found).toMatchObject({ incomplete: { code: 'limit-referrer-pages' } });
    expect(registry.requests.filter(({ line }) => line.includes('/referrers/'))).toHaveLength(4);
  });

  test.each([429, 500, 503])('or is busy with %i is asked again later', async (status) => {
    const override: RegistryContents['override'] = (path) => (path.includes('/referrers/') ? { status } : undefined);

    expect((await search(contentsOf([], { override }))).found).toMatchObject({
      incomplete: { code: 'referrers-transient' },
    });
  });

  test('and never answers is left when the time is over', async () => {
    const override: RegistryContents['override'] = (path) => (path.includes('/blobs/') ? { silent: true } : undefined);

    const { found } = await search(contentsOf([referrer], { override }), { milliseconds: 300 });

    expect(found).toMatchObject({ candidates: [], incomplete: { code: 'limit-milliseconds' } });
  });
});

describe('signing in', () => {
  const guarded =
    (authorization: string, challenge: (self: string) => string) =>
    (path: string, request: IncomingMessage, self: string): Answer | undefined => {
      if (path.startsWith('/token'))
        return { body: '{"token":"the-token"}', headers: { 'content-type': 'application/json' } };
      if (request.headers.authorization === authorization) return undefined;
      return { status: 401, headers: { 'www-authenticate': challenge(self) } };
    };
  const bearer = (self: string) => `Bearer realm="${self}/token",service="registry.test",scope="repository:evil:push"`;

  test('with a token asks for one, to pull this repository, once', async () => {
    const { found, registry } = await search(contentsOf(bundles(3), { override: guarded('Bearer the-token', bearer) }));

    expect(found).toMatchObject({ state: 'found', candidates: { length: 3 }, problems: [] });
    const tokens = registry.requests.filter(({ line }) => line.startsWith('GET /token'));
    expect(tokens).toEqual([
      { line: 'GET /token?scope=repository%3Aacme%2Fapp%3Apull&service=registry.test', authorization: undefined },
    ]);
  });

  test('takes user and password from the Docker configuration', async () => {
    const docker = await mkdtemp(join(home, 'docker-'));
    const contents = contentsOf([], {
      override: guarded(`Basic ${Buffer.from('me:secret').toString('base64')}`, () => 'Basic realm="x"'),
    });
    await using registry = await startRegistry(contents);
    const auth = Buffer.from('me:secret').toString('base64');
    await writeFile(join(docker, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));

    const opened = await openSource(`${registry.host}/acme/app:v1`, { environment: { DOCKER_CONFIG: docker } });

    expect(opened.digest).toBe(image.digest);
  });

  test('takes user and password from a credential helper', async () => {
    const docker = await mkdtemp(join(home, 'docker-'));
    await writeFile(
      join(docker, 'docker-credential-test'),
      '#!/bin/sh\nread host\necho "{\\"ServerURL\\":\\"$host\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"$host\\"}"\n',
      { mode: 0o755 },
    );
    await using registry = await startRegistry(
      contentsOf([], {
        override: (path, request, self) =>
          guarded(`Basic ${Buffer.from(`me:${new URL(self).host}`).toString('base64')}`, () => 'Basic')(
            path,
            request,
            self,
          ),
      }),
    );
    await writeFile(join(docker, 'config.json'), JSON.stringify({ credHelpers: { [registry.host]: 'test' } }));

    const environment = { DOCKER_CONFIG: docker, PATH: `${docker}:${process.env.PATH}` };
    const opened = await openSource(`${registry.host}/acme/app:v1`, { environment });

    expect(opened.digest).toBe(image.digest);
  });

  test.each([
    ['is not JSON', '{', 'not a Docker configuration'],
    ['names a helper with a path', JSON.stringify({ credsStore: '../../bin/sh' }), 'malformed name'],
    [
      'names a helper that is not there',
      JSON.stringify({ credsStore: 'absent-for-sure' }),
      'docker-credential-absent-for-sure',
    ],
  ])('says so where the Docker configuration %s', async (_, text, message) => {
    const docker = await mkdtemp(join(home, 'docker-'));
    await writeFile(join(docker, 'config.json'), text);
    await using registry = await startRegistry(contentsOf([], { override: guarded('x', bearer) }));

    const opening = openSource(`${registry.host}/acme/app:v1`, { environment: { DOCKER_CONFIG: docker } });

    await expect(opening).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining(message) });
  });

  test.each([
    ['over http elsewhere', 'Bearer realm="http://192.0.2.1/token"'],
    ['nowhere', 'Bearer service="x"'],
    ['of an unknown kind', 'Negotiate'],
  ])('at a token service %s is refused', async (_, challenge) => {
    await using registry = await startRegistry(contentsOf([], { override: guarded('x', () => challenge) }));

    const opening = openSource(`${registry.host}/acme/app:v1`, { environment: { HOME: home } });

    await expect(opening).rejects.toMatchObject({ code: 'denied' });
  });

  test('is not repeated at another host: Authorization stays where it belongs', async () => {
    const [referrer] = bundles(1);
    const layer = referrer?.blobs.at(-1);
    if (!referrer || !layer) throw new Error('one referrer');
    await using storage = await startRegistry({ ...contentsOf([]), override: () => ({ body: layer.bytes }) });
    const override: RegistryContents['override'] = (path, request, self) => {
      const refused = guarded('Bearer the-token', bearer)(path, request, self);
      if (refused !== undefined) return refused;
      return path.includes('/blobs/')
        ? { status: 307, headers: { location: `http://${storage.host}/blob` } }
        : undefined;
    };

    const { found } = await search(contentsOf([referrer], { override }));

    expect(found).toMatchObject({ candidates: [{ format: 'bundle' }], problems: [] });
    expect(storage.requests).toEqual([{ line: 'GET /blob', authorization: undefined }]);
  });
});

describe('opening', () => {
  test('a tag that is not there is not-found', async () => {
    await using registry = await startRegistry(contentsOf([]));

    await expect(openSource(`${registry.host}/acme/app:nope`, { environment: {} })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('a registry that is not there is unreachable', async () => {
    const registry = await startRegistry(contentsOf([]));
    await registry[Symbol.asyncDispose]();

    await expect(openSource(`${registry.host}/acme/app:v1`, { environment: {} })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('goes over https for every host but this machine', async () => {
    const asked: string[] = [];
    const fetchNothing: typeof fetch = async (input) => {
      asked.push(String(input));
      return new Response('', { status: 404 });
    };
    const open = (ref: string) => openSource(ref, { fetch: fetchNothing, environment: {} });

    await expect(open('ghcr.io/acme/app:v1')).rejects.toMatchObject({ code: 'not-found' });
    await expect(open('localhost:5000/acme/app:v1')).rejects.toMatchObject({ code: 'not-found' });

    expect(asked).toEqual([
      'https://ghcr.io/v2/acme/app/manifests/v1',
      'http://localhost:5000/v2/acme/app/manifests/v1',
    ]);
  });

  test('a redirect from https to http is refused, also to this machine', async () => {
    const redirecting: typeof fetch = async () =>
      new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:9/x' } });

    const opening = openSource('ghcr.io/acme/app:v1', { fetch: redirecting, environment: {} });

    await expect(opening).rejects.toMatchObject({ code: 'malformed' });
  });
});
