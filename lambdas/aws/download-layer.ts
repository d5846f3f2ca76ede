import { checkBlob, collectBytes, failed, failedReading } from '../core/images/read-bytes.ts';
import type { BlobRequest, Read } from '../core/images/source.ts';

const MOST_REDIRECTS = 3;

/**
 * Downloads a layer from a pre-signed URL: reads no byte beyond the size its descriptor says, follows up to 3 redirects and only to https, and
 * accepts nothing without the right digest. The URL carries a signature, so it never appears in a message.
 */
export async function downloadLayer(
  fetchLayer: typeof fetch,
  address: string,
  blob: BlobRequest,
  signal: AbortSignal,
): Promise<Read<Uint8Array>> {
  const what = `the layer ${blob.digest}`;
  let url = parseUrl(address);
  // The first address comes from ECR itself; a test double of ECR serves it from its own machine
  if (url === undefined || (url.protocol !== 'https:' && !isLoopback(url))) {
    return failed('malformed', `${what}: the download URL is not https`);
  }
  try {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await fetchLayer(url.href, {
        redirect: 'manual',
        signal,
        headers: { 'accept-encoding': 'identity' },
      });
      if (response.status < 300 || response.status > 399) return await takeBody(response, blob, what, signal);
      await response.body?.cancel();
      url = parseUrl(response.headers.get('location') ?? '', url);
      if (url?.protocol !== 'https:') return failed('malformed', `${what}: redirected to something else than https`);
    }
    return failed('malformed', `${what}: more than ${MOST_REDIRECTS} redirects`);
  } catch (thrown) {
    return failedReading(what, thrown, signal);
  }
}

async function takeBody(
  response: Response,
  blob: BlobRequest,
  what: string,
  signal: AbortSignal,
): Promise<Read<Uint8Array>> {
  if (response.status !== 200) {
    await response.body?.cancel();
    const message = `${what}: the storage answered ${response.status}`;
    if (response.status === 404) return failed('not-found', message);
    return failed(response.status === 403 || response.status === 401 ? 'denied' : 'transient', message);
  }
  const bytes = await collectBytes(response.body, blob.size, signal);
  if (bytes === undefined)
    return failed('too-large', `${what} is longer than the ${blob.size} bytes of its descriptor`);
  return checkBlob(bytes, blob);
}

function parseUrl(address: string, base?: URL): URL | undefined {
  return URL.parse(address, base) ?? undefined;
}

function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}
