import { secondsOf } from '../../duration.ts';
import type { Reason } from '../../errors.ts';
import type { CompiledTrust } from '../compiled-trust.ts';
import type { Authority } from './metadata-set.ts';

/** A trusted root that the policy wants refreshed through TUF. */
export interface RefreshedRoot {
  readonly name: string;
  readonly mirror: string;
  readonly authority: Authority;
  /** How long past the end of its metadata the root may be until that is told, milliseconds. */
  readonly maxStale: number;
}

/**
 * What is wrong with a root that should be refreshed. `absent`: nothing is stored. `refused`: what is stored or what the mirror has is not believed. `stale`: it ended.
 * `unreachable`: the mirror did not answer.
 */
export interface RootProblem {
  readonly root: string;
  readonly kind: 'absent' | 'refused' | 'stale' | 'unreachable';
  readonly reason: Reason;
}

/** The roots of a trust policy that are refreshed, with their compiled authority. A root without one is left out; parseCompiledConfig lets none through. */
export function listRefreshedRoots({ policy, initialRoots }: CompiledTrust): readonly RefreshedRoot[] {
  return Object.entries(policy.roots).flatMap(([name, { tuf }]) => {
    const initialRoot = initialRoots?.[name];
    if (tuf === undefined || initialRoot === undefined) return [];
    const authority = { initialRoot: Buffer.from(initialRoot), target: tuf.target };
    return [{ name, mirror: tuf.mirror, authority, maxStale: secondsOf(tuf.maxStale) * 1000 }];
  });
}

/** The problem of a verified set that has ended too long ago at `now` (Unix milliseconds), if it has. */
export function findStaleness(
  { name, maxStale }: RefreshedRoot,
  expiresAt: number,
  now: number,
): RootProblem | undefined {
  if (now < expiresAt + maxStale) return undefined;
  const message = `The metadata of the trusted root ${name} ended on ${new Date(expiresAt).toISOString()}.`;
  return { root: name, kind: 'stale', reason: { code: 'expired', message } };
}
