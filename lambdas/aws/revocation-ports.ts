import { messageOf } from '../core/errors.ts';
import { collectBytes } from '../core/images/read-bytes.ts';
import type {
  RevocationAnswer,
  RevocationPorts,
  RevocationRequest,
} from '../core/signature/notation/revocation/check.ts';

/** Answers kept in memory: one for each authority of the policy, and some. */
const MOST_KEPT = 200;

/**
 * Asks OCSP responders and fetches CRLs for the life of a function: no redirects, no more bytes and time than the request allows, and only public host names,
 * since the address comes from a certificate. `clock` gives Unix milliseconds.
 */
export function revocationPorts(doFetch: typeof fetch, clock: () => number): RevocationPorts {
  const kept = new Map<string, { readonly answer: Uint8Array; readonly until: number }>();
  return {
    fetch: (request) => ask(doFetch, request),
    cache: {
      async get(key) {
        const found = kept.get(key);
        return found !== undefined && found.until > clock() ? found.answer : undefined;
      },
      async put(key, answer, until) {
        kept.delete(key);
        kept.set(key, { answer, until });
        const [oldest] = kept.keys();
        if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      },
    },
  };
}

/** The same for one look at an image: whatever certificates name, all questions together take no longer than `milliseconds`. */
export function withinTime(ports: RevocationPorts, milliseconds: number, clock: () => number): RevocationPorts {
  const end = clock() + milliseconds;
  return {
    ...ports,
    fetch: async (request) => {
      const left = end - clock();
      if (left <= 0) return { kind: 'unavailable', reason: 'the time for asking is over' };
      return ports.fetch({ ...request, timeout: Math.min(request.timeout, left) });
    },
  };
}

async function ask(doFetch: typeof fetch, request: RevocationRequest): Promise<RevocationAnswer> {
  const { method, url, contentType, body, timeout, largest } = request;
  if (!isPublic(url)) return { kind: 'unavailable', reason: 'the certificate names no public host' };
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await doFetch(url, {
      method,
      redirect: 'error',
      signal,
      ...(body !== undefined && { body: new Uint8Array(body) }),
      ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    });
    const bytes = await collectBytes(response.body, largest, signal);
    if (bytes === undefined) return { kind: 'unavailable', reason: `an answer of more than ${largest} bytes` };
    return { kind: 'answered', status: response.status, body: bytes };
  } catch (thrown) {
    return { kind: 'unavailable', reason: messageOf(thrown).slice(0, 200) };
  }
}

/** Names with a dot that are no addresses and not of the kinds that only a local network knows. */
function isPublic(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? '';
  return (
    /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\.?$/.test(hostname) &&
    !/(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|arpa)\.?$/.test(hostname)
  );
}
