import { type Credentials, readDockerCredentials } from './docker-credentials.ts';
import { SourceError } from './errors.ts';
import { type ImageReference, isLoopbackHost } from './reference.ts';
import { authorize } from './registry-token.ts';

const MOST_REDIRECTS = 5;

export interface RegistryOptions {
  readonly fetch: typeof fetch;
  /** DOCKER_CONFIG and HOME say where credentials are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * GET requests to one repository of one registry: https, or plain http where the registry is this machine. Signs in when it is asked to, once for all
 * requests. Redirects are followed by hand: never from https to http, never from elsewhere to this machine over http, and without `Authorization`
 * as soon as the origin changes.
 */
export class RegistryClient {
  readonly origin: string;
  readonly #reference: ImageReference;
  readonly #options: RegistryOptions;
  readonly #local: boolean;
  #authorization: Promise<string> | undefined;

  constructor(reference: ImageReference, options: RegistryOptions) {
    this.#reference = reference;
    this.#options = options;
    this.#local = isLoopbackHost(reference.host);
    this.origin = new URL(`${this.#local ? 'http' : 'https'}://${reference.host}`).origin;
  }

  /** The address of something in the repository, `manifests/v1`. */
  urlOf(path: string): URL {
    return new URL(`/v2/${this.#reference.repository}/${path}`, this.origin);
  }

  /** Rejects with SourceError for a refused redirect or a failed sign-in, and with what fetch rejects with. The caller reads or cancels the body. */
  async get(url: URL, accept: string, signal: AbortSignal): Promise<Response> {
    const known = this.#authorization;
    const response = await this.#follow(url, accept, signal, known === undefined ? undefined : await known);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    // Requests that were refused together sign in together
    if (this.#authorization === known) this.#authorization = this.#signIn(response, signal);
    const signingIn = this.#authorization;
    try {
      return await this.#follow(url, accept, signal, await signingIn);
    } catch (thrown) {
      // A sign-in that failed is tried again by the next request; one that worked stays
      if (thrown instanceof SourceError && this.#authorization === signingIn) this.#authorization = undefined;
      throw thrown;
    }
  }

  async #signIn(response: Response, signal: AbortSignal): Promise<string> {
    const { host, repository } = this.#reference;
    const { fetch: fetchToken, environment } = this.#options;
    const credentials: Credentials | undefined = await readDockerCredentials(host, environment);
    const challenge = response.headers.get('www-authenticate') ?? '';
    return authorize({ challenge, host, repository, credentials, fetch: fetchToken, signal });
  }

  async #follow(url: URL, accept: string, signal: AbortSignal, authorization: string | undefined): Promise<Response> {
    let target = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const headers: Record<string, string> = { accept, 'accept-encoding': 'identity', 'user-agent': 'countersign' };
      if (authorization !== undefined && target.origin === this.origin) headers.authorization = authorization;
      const response = await this.#options.fetch(target, { redirect: 'manual', headers, signal });
      if (![301, 302, 303, 307, 308].includes(response.status)) return response;
      await response.body?.cancel();
      target = this.#resolve(response.headers.get('location') ?? '', target);
    }
    throw new SourceError('malformed', `${this.#reference.host} redirects more than ${MOST_REDIRECTS} times`);
  }

  #resolve(location: string, from: URL): URL {
    const target = location === '' ? null : URL.parse(location, from);
    const local = target?.protocol === 'http:' && this.#local && isLoopbackHost(target.host);
    if (target === null || !(target.protocol === 'https:' || local)) {
      throw new SourceError('malformed', `${this.#reference.host} redirects to something else than https`);
    }
    return target;
  }
}
