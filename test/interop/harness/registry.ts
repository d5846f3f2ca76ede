import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { freePort, listens, PeerError, type Processes } from './processes.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

const descriptor = z.looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() });
export type Descriptor = z.infer<typeof descriptor>;

const manifestSchema = z.looseObject({
  mediaType: z.string().default(MANIFEST),
  artifactType: z.string().optional(),
  layers: z.array(descriptor).default([]),
  subject: descriptor.optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

const indexSchema = z.object({ manifests: z.array(descriptor) });

export interface StoredManifest {
  readonly digest: string;
  readonly text: string;
  readonly manifest: Manifest;
}

/** A registry on loopback, spoken to as the OCI distribution specification 1.1 says, plain enough to write what no honest client writes. */
export class Registry {
  /** `127.0.0.1:port` */
  readonly host: string;

  constructor(host: string) {
    this.host = host;
  }

  async tags(repository: string): Promise<readonly string[]> {
    const { tags } = z
      .object({ tags: z.array(z.string()).nullable() })
      .parse(await (await this.#ask(repository, 'tags/list')).json());
    return tags ?? [];
  }

  async readManifest(repository: string, reference: string): Promise<StoredManifest> {
    const text = await (
      await this.#ask(repository, `manifests/${reference}`, { headers: { accept: `${MANIFEST}, ${INDEX}` } })
    ).text();
    return { digest: digestOf(Buffer.from(text)), text, manifest: manifestSchema.parse(JSON.parse(text)) };
  }

  async readBlob(repository: string, digest: string): Promise<Buffer> {
    return Buffer.from(await (await this.#ask(repository, `blobs/${digest}`)).arrayBuffer());
  }

  async writeBlob(repository: string, blob: Uint8Array): Promise<Descriptor> {
    const digest = digestOf(blob);
    const { headers } = await this.#ask(repository, 'blobs/uploads/', { method: 'POST' });
    const url = new URL(headers.get('location') ?? '', `http://${this.host}`);
    url.searchParams.set('digest', digest);
    const type = { 'content-type': 'application/octet-stream' };
    const written = await fetch(url, { method: 'PUT', body: new Uint8Array(blob), headers: type });
    if (!written.ok) throw new PeerError(`PUT blob: ${written.status}`);
    return { mediaType: 'application/octet-stream', digest, size: blob.length };
  }

  /** Writes a manifest under its digest or a tag. Where the registry keeps no referrers, the fallback tag is brought up to date, as clients have to. */
  async writeManifest(repository: string, manifest: Manifest, tag?: string): Promise<Descriptor> {
    const bytes = Buffer.from(JSON.stringify(manifest));
    const digest = digestOf(bytes);
    const { mediaType, artifactType, subject } = manifest;
    const answer = await this.#ask(repository, `manifests/${tag ?? digest}`, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': mediaType },
    });
    const written = { mediaType, digest, size: bytes.length, ...(artifactType !== undefined && { artifactType }) };
    if (subject !== undefined && answer.headers.get('oci-subject') === null) {
      const listed = await this.referrers(repository, subject.digest);
      if (!listed.some((one) => one.digest === digest))
        await this.#writeFallback(repository, subject.digest, [...listed, written]);
    }
    return written;
  }

  /** What names `digest` as its subject: by the referrers API or, where there is none, by the fallback tag. */
  async referrers(repository: string, digest: string): Promise<readonly Descriptor[]> {
    for (const path of [`referrers/${digest}`, `manifests/${fallbackTag(digest)}`]) {
      const answer = await fetch(this.#url(repository, path), { headers: { accept: INDEX } });
      if (answer.ok) return indexSchema.parse(await answer.json()).manifests;
      if (answer.status !== 404) throw new PeerError(`${path}: ${answer.status}`);
    }
    return [];
  }

  async #writeFallback(repository: string, subject: string, manifests: readonly Descriptor[]): Promise<void> {
    const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
    const headers = { 'content-type': INDEX };
    await this.#ask(repository, `manifests/${fallbackTag(subject)}`, { method: 'PUT', body: index, headers });
  }

  async #ask(repository: string, path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(this.#url(repository, path), init);
    if (answer.ok) return answer;
    throw new PeerError(
      `${init.method ?? 'GET'} ${repository}/${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`,
    );
  }

  #url(repository: string, path: string): string {
    return `http://${this.host}/v2/${repository}/${path}`;
  }
}

const fallbackTag = (digest: string) => digest.replace(':', '-');

/** The in-memory registry of go-containerregistry; `referrers` tells whether with the referrers API. */
export async function startRegistry(processes: Processes, bin: string, referrers: boolean): Promise<Registry> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const name = referrers ? 'registry' : 'registry-without-referrers';
  await processes.start(name, [join(bin, 'regref'), '-addr', host, `-no-referrers=${!referrers}`], listens(port));
  return new Registry(host);
}

/** The CNCF Distribution registry, as Debian packages it. */
export async function startDistribution(processes: Processes, program: string, folder: string): Promise<Registry> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = join(folder, 'distribution.yaml');
  const settings = { version: 0.1, storage: { inmemory: {} }, http: { addr: host }, log: { level: 'error' } };
  writeFileSync(config, JSON.stringify(settings));
  await processes.start('distribution', [program, 'serve', config], listens(port));
  return new Registry(host);
}
