import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Digest } from '../../lambdas/core/digest.ts';
import type { Artifact } from '../../local/sigstore/images.ts';

/** What one request is answered with. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Sends these bytes for ever. */
  readonly endless?: Uint8Array;
  /** Sends headers and nothing more. */
  readonly silent?: boolean;
}

export interface LoopbackRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** `<method> <path with query>` of every request, in order. */
  readonly requests: readonly { readonly line: string; readonly authorization: string | undefined }[];
}

export interface RegistryContents {
  readonly repository: string;
  readonly artifacts: readonly Artifact[];
  readonly tags?: Readonly<Record<string, Digest>>;
  /** Referrers as listed, a page of so many at a time. Undefined: this registry has no referrers API. */
  readonly referrers?: readonly { readonly digest: string; readonly artifactType?: string; readonly size?: number }[];
  readonly pageSize?: number;
  /** Answers instead of the registry; undefined leaves it to the registry. `self` is the registry's own address. */
  readonly override?: (path: string, request: IncomingMessage, self: string) => Answer | undefined;
}

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** A registry of one repository on a free port of this machine, which answers as it is told to, badly where a test wants that. */
export async function startRegistry(contents: RegistryContents): Promise<LoopbackRegistry> {
  const requests: { line: string; authorization: string | undefined }[] = [];
  let host = '';
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ line: `${request.method} ${path}`, authorization: request.headers.authorization });
    send(response, contents.override?.(path, request, `http://${host}`) ?? answer(contents, path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the registry has no port');
  host = `127.0.0.1:${address.port}`;
  return {
    host,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(contents: RegistryContents, path: string): Answer {
  const url = new URL(path, 'http://registry.test');
  const prefix = `/v2/${contents.repository}/`;
  const [kind, key] = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length).split('/') : [];
  if (kind === 'manifests') {
    const digest = contents.tags?.[key ?? ''] ?? key;
    const found = contents.artifacts.find((artifact) => artifact.digest === digest);
    if (found !== undefined) return { headers: { 'content-type': found.mediaType }, body: found.manifest };
  }
  if (kind === 'blobs') {
    const blobs = contents.artifacts.flatMap((artifact) => artifact.blobs);
    const found = blobs.find((blob) => blob.digest === key);
    if (found !== undefined) return { body: found.bytes };
  }
  if (kind === 'referrers' && contents.referrers !== undefined) {
    const size = contents.pageSize ?? 50;
    const from = Number(url.searchParams.get('from') ?? 0);
    const manifests = contents.referrers.slice(from, from + size).map((one) => ({ mediaType: 'm', size: 1, ...one }));
    const next = `<${url.pathname}?from=${from + size}>; rel="next"`;
    const more: Record<string, string> = from + size < contents.referrers.length ? { link: next } : {};
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
    return { headers: { 'content-type': INDEX, ...more }, body };
  }
  return { status: 404, headers: { 'content-type': 'application/json' }, body: '{"errors":[{"code":"NOT_FOUND"}]}' };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', endless, silent }: Answer): void {
  response.writeHead(status, headers);
  if (silent) {
    response.flushHeaders();
    return;
  }
  if (endless === undefined) {
    response.end(body);
    return;
  }
  const pump = () => {
    while (!response.destroyed && response.write(endless));
  };
  response.on('drain', pump).on('error', () => undefined);
  pump();
}
