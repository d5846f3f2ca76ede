import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Registry } from '../harness/registry.ts';

/** An address that speaks AWS: moto, and for what moto lacks a registry. */
export interface EcrFront {
  readonly endpoint: string;
  /** Operations that were answered here and not by moto, with how often. */
  readonly answered: ReadonlyMap<string, number>;
  close(): void;
}

const TARGET = 'AmazonEC2ContainerRegistry_V20150921.';
const LAYERS = '/layers/';

const referrersRequest = z.object({ repositoryName: z.string(), subjectId: z.object({ imageDigest: z.string() }) });
const layerRequest = z.object({ repositoryName: z.string(), layerDigest: z.string() });

/**
 * Passes every call on to moto, except for the two operations of ECR that moto lacks: `ListImageReferrers` is answered from the referrers of a real
 * registry that holds the same images, `GetDownloadUrlForLayer` with an address under which this front hands out the layer from there. One answer of moto is
 * put right, see `nameFailures`.
 */
export async function startEcrFront(moto: string, registry: Registry): Promise<EcrFront> {
  const answered = new Map<string, number>();
  let endpoint = '';

  const lacking: Readonly<Record<string, (body: unknown) => Promise<object>>> = {
    ListImageReferrers: async (body) => {
      const { repositoryName, subjectId } = referrersRequest.parse(body);
      const listed = await registry.referrers(repositoryName, subjectId.imageDigest);
      return {
        referrers: listed.map(({ digest, mediaType, size, artifactType }) => ({
          digest,
          mediaType,
          size,
          artifactType,
        })),
      };
    },
    GetDownloadUrlForLayer: async (body) => {
      const { repositoryName, layerDigest } = layerRequest.parse(body);
      return { downloadUrl: `${endpoint}${LAYERS}${layerDigest}/${repositoryName}`, layerDigest };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', method = 'GET', headers } = request;
    const body = await readAll(request);
    const operation = String(headers['x-amz-target'] ?? '').replace(TARGET, '');
    const own = lacking[operation];
    if (own !== undefined) {
      answered.set(operation, (answered.get(operation) ?? 0) + 1);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify(await own(JSON.parse(body.toString()))));
    } else if (url.startsWith(LAYERS)) {
      const [digest = '', ...repository] = url.slice(LAYERS.length).split('/');
      response.end(await registry.readBlob(repository.join('/'), digest));
    } else {
      const { host: _host, connection: _connection, ...passed } = headers;
      const given = await fetch(new URL(url, moto), {
        method,
        headers: Object.entries(passed).map(([name, value]): [string, string] => [name, String(value)]),
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const type = given.headers.get('content-type');
      response.writeHead(given.status, type === null ? {} : { 'content-type': type });
      if (operation === 'BatchGetImage' && given.ok) {
        response.end(JSON.stringify(nameFailures(JSON.parse(body.toString()), await given.json())));
      } else {
        response.end(Buffer.from(await given.arrayBuffer()));
      }
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) endpoint = `http://127.0.0.1:${address.port}`;
  return { endpoint, answered, close: () => server.close() };
}

const imageIds = z.object({ imageIds: z.array(z.object({ imageDigest: z.string().optional() })) });
const images = z.looseObject({
  images: z.array(z.looseObject({ imageId: z.looseObject({ imageDigest: z.string().optional() }) })),
  failures: z.array(z.looseObject({ imageId: z.looseObject({ imageTag: z.string().optional() }) })),
});

/** moto says of a digest that is not there that the tag `null` is not; ECR names the digest. */
function nameFailures(request: unknown, response: unknown): object {
  const answer = images.parse(response);
  const there = new Set(answer.images.map(({ imageId }) => imageId.imageDigest));
  const missing = imageIds
    .parse(request)
    .imageIds.flatMap(({ imageDigest }) => (imageDigest === undefined || there.has(imageDigest) ? [] : [imageDigest]));
  const failures = answer.failures.map((failure) => {
    const imageDigest = failure.imageId.imageTag === 'null' ? missing.shift() : undefined;
    return imageDigest === undefined ? failure : { ...failure, imageId: { imageDigest } };
  });
  return { ...answer, failures };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
