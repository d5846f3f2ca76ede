import { describe, expect, test, vi } from 'vitest';
import { revocationPorts, withinTime } from '../../lambdas/aws/revocation-ports.ts';

const request = {
  method: 'POST',
  url: 'http://ocsp.example.com/',
  contentType: 'application/ocsp-request',
  body: new Uint8Array([1]),
  timeout: 1000,
  largest: 10,
} as const;

const answering = (body: string, status = 200) => vi.fn<typeof fetch>(async () => new Response(body, { status }));

describe('asking about revocation', () => {
  test('gives back what was answered', async () => {
    const doFetch = answering('an answer');

    expect(await revocationPorts(doFetch, () => 0).fetch(request)).toEqual({
      kind: 'answered',
      status: 200,
      body: Buffer.from('an answer'),
    });
    expect(doFetch.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', redirect: 'error' });
  });

  test('reads no more than is allowed', async () => {
    expect((await revocationPorts(answering('x'.repeat(11)), () => 0).fetch(request)).kind).toBe('unavailable');
  });

  test('does not wait for ever', async () => {
    const hanging = vi.fn<typeof fetch>(
      (_url, options) =>
        new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('too late')))),
    );

    expect((await revocationPorts(hanging, () => 0).fetch({ ...request, timeout: 5 })).kind).toBe('unavailable');
  });

  test.each([
    'http://127.0.0.1:9001/2018-06-01/runtime',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://169.254.169.254/latest/meta-data',
    'http://localhost/',
    'http://localhost./',
    'http://metadata/',
    'http://ip-10-0-0-1.ec2.internal/',
    'http://printer.local/',
    'no address',
  ])('%s is not asked', async (url) => {
    const doFetch = answering('');

    expect((await revocationPorts(doFetch, () => 0).fetch({ ...request, url })).kind).toBe('unavailable');
    expect(doFetch).not.toHaveBeenCalled();
  });

  test('takes no longer for all questions together than for one look', async () => {
    let now = 0;
    const doFetch = answering('x');
    const ports = withinTime(
      revocationPorts(doFetch, () => now),
      100,
      () => now,
    );

    expect((await ports.fetch(request)).kind).toBe('answered');
    now = 100;
    expect((await ports.fetch(request)).kind).toBe('unavailable');
    expect(doFetch).toHaveBeenCalledTimes(1);
  });

  test('keeps an answer for as long as it holds, and the newest two hundred', async () => {
    let now = 0;
    const { cache } = revocationPorts(answering(''), () => now);
    for (let index = 0; index < 201; index += 1) await cache?.put(String(index), Buffer.from([index]), 100);

    expect(await cache?.get('0')).toBeUndefined();
    expect(await cache?.get('200')).toEqual(Buffer.from([200]));
    now = 100;
    expect(await cache?.get('200')).toBeUndefined();
  });
});
