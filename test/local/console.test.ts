import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { overviewSchema, stateOfThingsSchema, timelineEntrySchema } from '../../local/console/api.ts';
import { type Asset, buildAssets } from '../../local/console/assets.ts';
import { isLoopback } from '../../local/console/guard.ts';
import { type ConsoleOptions, type RunningConsole, serveConsole } from '../../local/console/server.ts';
import { safeLink } from '../../local/console/ui/format.ts';
import { groupJourneys } from '../../local/console/ui/lanes.ts';
import { toVisibleJson } from '../../local/console/visible-json.ts';
import { type FakeBackend, fakeBackend, HOSTILE } from '../support/fake-console.ts';

const running: RunningConsole[] = [];
const assets = new Map<string, Asset>([['/', { type: 'text/html; charset=utf-8', body: '<!doctype html>' }]]);

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
});

async function serve(options: Partial<ConsoleOptions> = {}): Promise<{ url: string; backend: FakeBackend }> {
  const backend = fakeBackend();
  const console = await serveConsole({ backend, assets, host: '127.0.0.1', port: 0, ...options });
  running.push(console);
  return { url: console.url, backend };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Sends exactly the headers given: fetch would not let a test say another Host or Origin. */
function ask(url: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(url), { path, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** What the page itself sends along when it changes something. */
function asThePage(url: string): Record<string, string> {
  return { origin: url.replace(/\/$/, ''), 'content-type': 'application/json' };
}

describe('where the console listens', () => {
  test.each(['0.0.0.0', '::', '192.168.1.10', 'example.test', '127.0.0.1.example.test', '128.0.0.1', ''])(
    'refuses %j, which is not this machine alone',
    async (host) => {
      await expect(serveConsole({ backend: fakeBackend(), assets, host, port: 0 })).rejects.toMatchObject({
        code: 'not-loopback',
      });
    },
  );

  test.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('takes %s for this machine', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test('listens elsewhere only when told', async () => {
    const { url } = await serve({ host: '0.0.0.0', allowRemote: true });

    expect((await ask(url.replace('0.0.0.0', '127.0.0.1'), '/')).status).toBe(200);
  });

  test('takes another port where the usual one is in use, but not when the port was asked for', async () => {
    const first = await serve();
    const port = Number(new URL(first.url).port);

    const second = await serve({ port, portMayChange: true });

    expect(second.url).not.toBe(first.url);
    await expect(serve({ port })).rejects.toMatchObject({ code: 'port-taken' });
  });
});

describe('requests that another site could have made', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost:1', '127.0.0.1.evil.example'])(
    'a Host header %j is refused for every path',
    async (host) => {
      const { url } = await serve();

      for (const path of ['/', '/api/state', '/api/stream', '/api/overview']) {
        expect((await ask(url, path, { host })).status).toBe(403);
      }
    },
  );

  test('the names of this machine are accepted', async () => {
    const { url } = await serve();
    const { port } = new URL(url);

    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      expect((await ask(url, '/api/overview', { host: `${name}:${port}` })).status).toBe(200);
    }
  });

  test.each<[string, Record<string, string>]>([
    ['without an Origin', { 'content-type': 'application/json' }],
    ['from another site', { origin: 'https://evil.example', 'content-type': 'application/json' }],
    ['from an opaque origin', { origin: 'null', 'content-type': 'application/json' }],
  ])('a change %s is refused and nothing runs', async (_, headers) => {
    const { url, backend } = await serve();

    const answer = await ask(url, '/api/scenarios', headers, '{"scenario":"signed"}');

    expect(answer.status).toBe(403);
    expect(backend.ran).toEqual([]);
  });

  test('a change that a form could send is refused', async () => {
    const { url, backend } = await serve();
    const headers = { ...asThePage(url), 'content-type': 'text/plain' };

    expect((await ask(url, '/api/scenarios', headers, '{"scenario":"signed"}')).status).toBe(400);
    expect(backend.ran).toEqual([]);
  });

  test('every answer forbids scripts of others, frames and sniffing', async () => {
    const { url } = await serve();

    for (const path of ['/', '/api/state', '/nothing']) {
      const { headers } = await ask(url, path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('the API', () => {
  test('describes the account and the state of things as the page reads them', async () => {
    const { url } = await serve();

    const overview = overviewSchema.parse(JSON.parse((await ask(url, '/api/overview')).body));
    const state = stateOfThingsSchema.parse(JSON.parse((await ask(url, '/api/state')).body));

    expect(overview.scenarios.map(({ name }) => name)).toEqual(['signed', 'unsigned']);
    expect(state.images).toHaveLength(8);
    expect(state.findings[0]?.recordState).toBe('ACTIVE');
  });

  test('runs a scenario, and only one that there is', async () => {
    const { url, backend } = await serve();

    const done = await ask(url, '/api/scenarios', asThePage(url), '{"scenario":"signed"}');
    const unknown = await ask(url, '/api/scenarios', asThePage(url), '{"scenario":"../signed"}');

    expect(done.status).toBe(200);
    expect(unknown.status).toBe(404);
    expect(backend.ran).toEqual(['signed']);
  });

  test('switches faults', async () => {
    const { url, backend } = await serve();
    const faults = { duplicateRate: 0.5, reorder: true, throttleRate: 0.3, lossRate: 0 };

    const answer = await ask(url, '/api/faults', asThePage(url), JSON.stringify(faults));

    expect(JSON.parse(answer.body)).toEqual(faults);
    expect(backend.overview().faults).toEqual(faults);
  });

  test.each(['', '{', '[]', '{"scenario":1}', '{"scenario":"signed","more":1}', '{"scenario":""}'])(
    'refuses the body %j',
    async (body) => {
      const { url, backend } = await serve();

      expect((await ask(url, '/api/scenarios', asThePage(url), body)).status).toBe(400);
      expect(backend.ran).toEqual([]);
    },
  );

  test.each(['{"duplicateRate":2,"reorder":false,"throttleRate":0,"lossRate":0}', '{"reorder":true}'])(
    'refuses the faults %s',
    async (body) => {
      const { url } = await serve();

      expect((await ask(url, '/api/faults', asThePage(url), body)).status).toBe(400);
    },
  );

  test('presses an action on a finding that is there, and no other', async () => {
    const { url, backend } = await serve();
    const { findings } = await backend.readState();
    const press = (finding: string | undefined, action = 'Undo') =>
      ask(url, '/api/actions', asThePage(url), JSON.stringify({ action, finding }));

    const done = await press(findings[0]?.id);
    const unknown = await press('countersign/iam/nobody');
    const unheard = await press(findings[0]?.id, 'Contain');
    const foreign = await ask(url, '/api/actions', { ...asThePage(url), origin: 'https://evil.example' }, '{}');

    expect([done, unknown, unheard, foreign].map(({ status }) => status)).toEqual([200, 404, 400, 403]);
    expect(backend.ran).toEqual([`Undo ${findings[0]?.id}`]);
  });

  test('refuses a body that is too long', async () => {
    const { url } = await serve();

    expect((await ask(url, '/api/scenarios', asThePage(url), ' '.repeat(5000))).status).toBe(413);
  });

  test('has no page outside its own, whatever the path says', async () => {
    const { url } = await serve();

    for (const path of ['/../package.json', '/%2e%2e/package.json', '/app.tsx', '//evil.example/', '/api']) {
      expect((await ask(url, path)).status).toBe(404);
    }
  });

  test('outlives a request that is no HTTP', async () => {
    const { url } = await serve();
    const { port } = new URL(url);

    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.end('\u0000\u0001 nonsense\r\n\r\n'));
      socket.on('close', () => resolve());
      socket.resume();
    });

    expect((await ask(url, '/')).status).toBe(200);
  });
});

describe('the stream of the timeline', () => {
  /** Reads events until there are `count`. */
  async function readEvents(url: string, count: number, headers: Record<string, string> = {}): Promise<string[]> {
    return new Promise((resolve, reject) => {
      let text = '';
      const call = request(new URL('/api/stream', url), { headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          const events = text.split('\n\n').filter((event) => event.startsWith('id: '));
          if (events.length >= count) {
            call.destroy();
            resolve(events);
          }
        });
      });
      call.on('error', (error) => (text === '' ? reject(error) : undefined));
      call.end();
    });
  }

  test('sends what was and what comes, each with its sequence number', async () => {
    const { url, backend } = await serve();
    const known = backend.timeline(0).length;
    const reading = readEvents(url, known + 1);
    await expect.poll(() => backend.listeners).toBe(1);

    backend.happen({ at: 1, step: 'verdict', summary: 'verified\nid: 9999\n\n' });
    const events = await reading;

    expect(events).toHaveLength(known + 1);
    const last = /^id: (\d+)\ndata: (.*)$/.exec(events.at(-1) ?? '');
    expect(Number(last?.[1])).toBe(known + 1);
    expect(timelineEntrySchema.parse(JSON.parse(last?.[2] ?? '')).summary).toBe('verified\nid: 9999\n\n');
  });

  test('goes on where a browser that reconnects says it was', async () => {
    const { url, backend } = await serve();
    const known = backend.timeline(0).length;

    const events = await readEvents(url, 2, { 'last-event-id': String(known - 2) });

    expect(events.map((event) => /^id: (\d+)/.exec(event)?.[1])).toEqual([String(known - 1), String(known)]);
  });

  test('stops listening when the browser goes', async () => {
    const { url, backend } = await serve();

    await readEvents(url, 1);

    await expect.poll(() => backend.listeners).toBe(0);
  });
});

describe('hostile text', () => {
  test('leaves the server with nothing invisible in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = JSON.parse(toVisibleJson({ text })).text;
        expect(shown).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(shown.replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
      }),
    );
    expect(JSON.parse(toVisibleJson(HOSTILE))).toContain('\\u{202e}');
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'http://example.test/',
    ' https://example.test',
    'https://user@evil.test',
    '//evil.test',
  ])('is not linked: %s', (url) => {
    expect(safeLink(url)).toBeUndefined();
  });

  test('cannot reach the page as markup: no component sets HTML', async () => {
    const built = await buildAssets();
    const folder = new URL('../../local/console/ui/', import.meta.url);
    const sources = readdirSync(folder)
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'));

    expect(sources.join('\n')).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/);
    expect(built.get('/')?.body.toString()).not.toMatch(/(?:src|href)="(?!\/)/);
  });
});

describe('the journeys of the page', () => {
  test('are one for each image, newest first, with the steps counted', async () => {
    const backend = fakeBackend();
    const state = await backend.readState();

    const journeys = groupJourneys(backend.timeline(0), state).filter(({ about }) => about.kind === 'image');

    expect(journeys.map((journey) => journey.state)).toEqual(state.images.map((image) => image.state).reverse());
    expect(journeys.find((journey) => journey.state === 'invalid')?.counts).toMatchObject({
      event: 1,
      rule: 1,
      queue: 2,
      function: 1,
      verdict: 1,
      finding: 1,
    });
  });

  test('begin with the event, before there is a verdict', () => {
    const journeys = groupJourneys(
      [{ sequence: 1, at: 5, step: 'event', trace: 'acme/web@sha256:00', summary: 'PUSH' }],
      { images: [], principals: [], plans: [] },
    );

    expect(journeys).toMatchObject([
      { name: 'acme/web', about: { kind: 'image', digest: 'sha256:00', image: undefined }, state: undefined },
    ]);
  });

  test('are one for each principal too, with its plans', async () => {
    const backend = fakeBackend();
    const trace = 'arn:aws:iam::123456789012:role/app';
    backend.happen({ at: 1, step: 'event', trace, summary: 'PutRolePolicy' });
    backend.happen({ at: 2, step: 'drift', trace, summary: 'drift drifted' });
    backend.happen({ at: 3, step: 'call', trace, summary: 'detach' });
    backend.happen({ at: 4, step: 'fault', trace, summary: 'throttled' });

    const journeys = groupJourneys(backend.timeline(0), await backend.readState());
    const principals = journeys.filter(({ about }) => about.kind === 'principal');

    expect(principals).toMatchObject([
      { name: 'role/app', state: 'drifted', plans: [{ state: 'proposed' }], counts: { event: 1, drift: 1, call: 1 } },
    ]);
    expect(principals[0]?.troubles).toBe(1);
  });
});
