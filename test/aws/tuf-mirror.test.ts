import { describe, expect, test } from 'vitest';
import { tufMirror } from '../../lambdas/aws/tuf-mirror.ts';

const MIRROR = 'https://tuf.example/repository';
const never = new AbortController().signal;

/** A mirror whose host does what the test says; `asked` is what it was asked for. */
function prepare(
  answer: (url: string, signal: AbortSignal | undefined) => Promise<Response> | Response,
  address = MIRROR,
) {
  const asked: string[] = [];
  const fetchFile: typeof fetch = async (url, options) => {
    asked.push(String(url));
    expect(options).toMatchObject({ redirect: 'manual' });
    return answer(String(url), options?.signal ?? undefined);
  };
  return { asked, mirror: tufMirror(fetchFile, address, never, 50) };
}

/** A body that goes on for ever, and how much of it was taken. */
function endlessBody(delay = 0) {
  const taken = { octets: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      taken.octets += 1024;
      controller.enqueue(new Uint8Array(1024));
    },
    cancel() {
      taken.cancelled = true;
    },
  });
  return { body, taken };
}

test('a file within its bound is read from below the address of the mirror', async () => {
  const { mirror, asked } = prepare(() => new Response('{}'));

  expect(Buffer.from((await mirror.read('timestamp.json', 2)) ?? []).toString()).toBe('{}');
  expect(asked).toEqual([`${MIRROR}/timestamp.json`]);
});

test.each([404, 403])('a file is not there where the mirror answers %i', async (status) => {
  const { mirror } = prepare(() => new Response(null, { status }));

  expect(await mirror.read('2.root.json', 100)).toBeUndefined();
});

describe('a mirror is given up', () => {
  test('that redirects, to whatever host', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const location = 'https://tuf.example/elsewhere';
      const { mirror, asked } = prepare(() => new Response(null, { status, headers: { location } }));

      await expect(mirror.read('timestamp.json', 100)).rejects.toMatchObject({ code: 'misdirected' });
      expect(asked).toHaveLength(1);
    }
  });

  test('that sends an octet too many, whatever length it claims', async () => {
    const headers = { 'content-length': '10' };
    const { mirror } = prepare(() => new Response(new Uint8Array(11), { headers }));

    await expect(mirror.read('timestamp.json', 10)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('that never ends, without taking more than the bound and what is under way', async () => {
    const { body, taken } = endlessBody();
    const { mirror } = prepare(() => new Response(body));

    await expect(mirror.read('timestamp.json', 10_000)).rejects.toMatchObject({ code: 'too-large' });
    expect(taken.cancelled).toBe(true);
    expect(taken.octets).toBeLessThan(20_000);
  });

  test('that is slow, octet by octet', async () => {
    const { body, taken } = endlessBody(20);
    const { mirror } = prepare(() => new Response(body));

    await expect(mirror.read('timestamp.json', 1_000_000)).rejects.toMatchObject({ code: 'unreachable' });
    expect(taken.cancelled).toBe(true);
  });

  test('that does not answer', async () => {
    const { mirror } = prepare(
      (_url, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    );

    await expect(mirror.read('timestamp.json', 100)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('that breaks off', async () => {
    const { mirror } = prepare(() => Promise.reject(new TypeError('fetch failed')));

    await expect(mirror.read('timestamp.json', 100)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test.each([200 + 4, 400, 401, 429, 500, 503])('that answers %i', async (status) => {
    const { mirror } = prepare(() => new Response(null, { status }));

    await expect(mirror.read('timestamp.json', 100)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('when the time for all files is over', async () => {
    const mirror = tufMirror(fetch, MIRROR, AbortSignal.abort());

    await expect(mirror.read('timestamp.json', 100)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

test.each(['../secret.json', 'https://other.example/timestamp.json', '//other.example/x', '/root.json', '..\\x'])(
  'the path %s leads nowhere',
  async (path) => {
    const { mirror, asked } = prepare(() => new Response('{}'));

    await expect(mirror.read(path, 100)).rejects.toMatchObject({ code: 'misdirected' });
    expect(asked).toEqual([]);
  },
);

test('an address without https is none', async () => {
  const { mirror, asked } = prepare(() => new Response('{}'), 'http://tuf.example');

  await expect(mirror.read('timestamp.json', 100)).rejects.toMatchObject({ code: 'misdirected' });
  expect(asked).toEqual([]);
});
