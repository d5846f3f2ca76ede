import { z } from 'zod';
import { collectBytes } from '../../lambdas/core/images/read-bytes.ts';
import { SourceError } from './errors.ts';
import type { ImageReference } from './reference.ts';
import { nextPage } from './registry.ts';
import { RegistryClient, type RegistryOptions } from './registry-client.ts';

const tagsSchema = z.object({ tags: z.array(z.string().max(128)).max(10_000).nullish() });
const LARGEST_PAGE = 4 * 1024 * 1024;
const MOST_PAGES = 1000;
/** Time for one page, milliseconds. */
const TIMEOUT = 20_000;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** All tags of a repository, a page at a time (OCI distribution-spec, "Listing Tags"). What is no tag is left out. Throws SourceError. */
export async function* listTags(
  reference: ImageReference,
  options: RegistryOptions,
): AsyncGenerator<readonly string[], void, undefined> {
  const client = new RegistryClient(reference, options);
  let url: URL | undefined = client.urlOf('tags/list?n=100');
  for (let page = 0; page < MOST_PAGES && url !== undefined; page += 1) {
    const { tags, link } = await readPage(client, url, reference.name);
    yield tags.filter((tag) => TAG.test(tag));
    const next = nextPage(link, url);
    // A page elsewhere would make this client fetch what the registry wants it to
    if (next !== undefined && (next.origin !== client.origin || !next.pathname.startsWith('/v2/'))) {
      throw new SourceError('malformed', `${reference.name}: the next page of tags is not at the registry`);
    }
    url = next;
  }
  if (url !== undefined)
    throw new SourceError('too-large', `${reference.name} has more than ${MOST_PAGES} pages of tags`);
}

async function readPage(client: RegistryClient, url: URL, name: string) {
  const signal = AbortSignal.timeout(TIMEOUT);
  let response: Response;
  try {
    response = await client.get(url, 'application/json', signal);
    if (response.status === 200) {
      const bytes = await collectBytes(response.body, LARGEST_PAGE, signal);
      const parsed = tagsSchema.safeParse(parse(bytes));
      if (!parsed.success) throw new SourceError('malformed', `${name}: the answer is no list of tags`);
      return { tags: parsed.data.tags ?? [], link: response.headers.get('link') };
    }
  } catch (thrown) {
    if (thrown instanceof SourceError) throw thrown;
    throw new SourceError('unreachable', `${name}: the tags could not be listed`, { cause: thrown });
  }
  await response.body?.cancel();
  const code = response.status === 404 ? 'not-found' : [401, 403].includes(response.status) ? 'denied' : 'unreachable';
  throw new SourceError(code, `${name}: the registry answered ${response.status} to the list of tags`);
}

function parse(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
