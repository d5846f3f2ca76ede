import { messageOf } from '../core/errors.ts';
import { collectBytes } from '../core/images/read-bytes.ts';
import { TufError } from '../core/trust/tuf/errors.ts';
import type { Mirror } from '../core/trust/tuf/refresh.ts';

/** Longest time for one file, milliseconds. */
const LONGEST = 10_000;

/**
 * A TUF repository over https. Reads no octet beyond the bound, waits no longer than `milliseconds` for a file, and follows no redirect: what is fetched comes from the
 * host that the configuration names, or not at all. `signal` ends all of it.
 */
export function tufMirror(
  fetchFile: typeof fetch,
  address: string,
  signal: AbortSignal,
  milliseconds: number = LONGEST,
): Mirror {
  const base = new URL(address.endsWith('/') ? address : `${address}/`).href;
  return {
    async read(path, most) {
      const url = new URL(path, base);
      if (url.protocol !== 'https:' || !url.href.startsWith(base)) {
        throw new TufError('misdirected', `${path} does not lie in the repository`);
      }
      const bound = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
      const bytes = await readFile(fetchFile, url, most, bound);
      if (bytes === 'too-large') throw new TufError('too-large', `${path} has more than ${most} octets`);
      return bytes;
    },
  };
}

async function readFile(
  fetchFile: typeof fetch,
  url: URL,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array | 'too-large' | undefined> {
  let response: Response;
  try {
    response = await fetchFile(url.href, { redirect: 'manual', signal, headers: { 'accept-encoding': 'identity' } });
  } catch (cause) {
    throw new TufError('unreachable', `${url.pathname}: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    // Storage that lets nobody list it says 403 for what is not there.
    if (response.status === 404 || response.status === 403) return undefined;
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status <= 399)) {
      throw new TufError('misdirected', `${url.pathname} redirects elsewhere`);
    }
    throw new TufError('unreachable', `${url.pathname}: the mirror answered ${response.status}`);
  }
  try {
    return (await collectBytes(response.body, most, signal)) ?? 'too-large';
  } catch (cause) {
    throw new TufError('unreachable', `${url.pathname}: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
}
