import { type Digest, isDigest } from '../../lambdas/core/digest.ts';
import { SourceError } from './errors.ts';

/** A reference to an image in a registry, complete: what was left out has become Docker's defaults. */
export interface ImageReference {
  /** Host and port as they are connected to: `registry-1.docker.io` for Docker Hub. */
  readonly host: string;
  readonly repository: string;
  /** Registry and repository as cosign and Docker write them: `index.docker.io/library/alpine`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

const DOCKER_HUB = 'registry-1.docker.io';
const DOCKER_NAMES = new Set(['docker.io', 'index.docker.io', DOCKER_HUB]);
// The grammar of references (distribution/reference): path components, tags
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HOST = /^(?:\[[0-9a-fA-F:]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?)(?::[0-9]{1,5})?$/;
const LONGEST = 1024;

/**
 * Parses `host[:port]/repository[:tag][@sha256:…]`. Without a host it is Docker Hub, there `library/` for a single word; without a tag and a digest
 * the tag is `latest`. A tag beside a digest is kept for messages, and the digest decides. Throws `bad-reference`.
 */
export function parseReference(text: string): ImageReference {
  if (text.length > LONGEST) throw bad(text, `longer than ${LONGEST} characters`);
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw bad(text, 'after @ comes sha256: and 64 lower-case hex digits');
  const named = at === -1 ? text : text.slice(0, at);

  const colon = named.lastIndexOf(':');
  // A colon before the last slash belongs to a port
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) throw bad(text, 'the tag is malformed');
  const { host, repository } = splitHost(hasTag ? named.slice(0, colon) : named);
  if (!HOST.test(host)) throw bad(text, 'the registry host is malformed');
  if (!REPOSITORY.test(repository) || repository.length > 255) throw bad(text, 'the repository name is malformed');

  const name = `${host === DOCKER_HUB ? 'index.docker.io' : host}/${repository}`;
  return { host, repository, name, digest, tag: tag ?? (digest === undefined ? 'latest' : undefined) };
}

/** Whether a host is this very machine, where plain http is what registries speak. */
export function isLoopbackHost(host: string): boolean {
  const url = URL.parse(`http://${host}`);
  return url !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

/** The first component is a host where it looks like one: a dot, a port, brackets, or `localhost` (distribution/reference). */
function splitHost(named: string): { host: string; repository: string } {
  const slash = named.indexOf('/');
  const first = slash === -1 ? '' : named.slice(0, slash);
  const isHost = /[.:[]/.test(first) || first === 'localhost';
  const host = isHost && !DOCKER_NAMES.has(first) ? first.toLowerCase() : DOCKER_HUB;
  const repository = isHost ? named.slice(slash + 1) : named;
  return { host, repository: host === DOCKER_HUB && !repository.includes('/') ? `library/${repository}` : repository };
}

function bad(text: string, why: string): SourceError {
  const shown = text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
  return new SourceError('bad-reference', `"${shown}" is not an image reference: ${why}`);
}
