import { CountersignError, messageOf, type Reason } from '../errors.ts';
import { type MetadataSet, type VerifiedSet, verifyMetadataSet } from '../trust/tuf/metadata-set.ts';
import {
  findStaleness,
  listRefreshedRoots,
  type RefreshedRoot,
  type RootProblem,
} from '../trust/tuf/refreshed-roots.ts';
import type { CompiledConfig } from './compiled.ts';
import { hashConfig } from './hash.ts';

/** Stored sets by the name of their root; `unreadable` where there is something that is none. */
export type StoredSets = ReadonlyMap<string, MetadataSet | 'unreadable'>;

export interface RootsInUse {
  /** The compiled configuration with the roots that are in use, and the hash that it has with them. */
  readonly config: CompiledConfig;
  /** The verified sets among them, by the name of their root. */
  readonly verified: ReadonlyMap<string, VerifiedSet>;
  readonly problems: readonly RootProblem[];
}

/**
 * Decides which trusted roots are in use: a stored one that verifies offline from the compiled initial root on, else the one that was in use before, else the one that
 * was compiled. A root past its end stays in use and is told. The hash changes with the roots, so that verdicts under other roots are made again.
 */
export function applyStoredRoots(
  compiled: CompiledConfig,
  stored: StoredSets,
  before: ReadonlyMap<string, VerifiedSet>,
  now: number,
): RootsInUse {
  const verified = new Map<string, VerifiedSet>();
  const problems: RootProblem[] = [];
  for (const root of listRefreshedRoots(compiled.trust)) {
    const held = before.get(root.name);
    const { set, problem } = chooseSet(root, stored.get(root.name), held);
    if (problem !== undefined) problems.push(problem);
    if (set === undefined) continue;
    verified.set(root.name, set);
    const stale = findStaleness(root, set.expiresAt, now);
    if (stale !== undefined) problems.push(stale);
  }
  return { config: replaceRoots(compiled, verified), verified, problems };
}

interface Choice {
  readonly set?: VerifiedSet | undefined;
  readonly problem?: RootProblem;
}

function chooseSet(
  root: RefreshedRoot,
  stored: MetadataSet | 'unreadable' | undefined,
  held: VerifiedSet | undefined,
): Choice {
  const { name } = root;
  const instead = held === undefined ? 'the root that was deployed is in use' : 'the one before it stays in use';
  if (stored === undefined) {
    const reason = { code: 'nothing-stored', message: `No version of the trusted root ${name} is stored: ${instead}.` };
    return { set: held, problem: { root: name, kind: 'absent', reason } };
  }
  const refuse = ({ code, message }: Reason): Choice => {
    const reason = { code, message: `The stored trusted root ${name} is refused (${message}): ${instead}.` };
    return { set: held, problem: { root: name, kind: 'refused', reason } };
  };
  if (stored === 'unreadable') return refuse({ code: 'malformed', message: 'the row cannot be read' });
  try {
    const set = verifyMetadataSet(root.authority, stored);
    return held !== undefined && isOlder(set, held)
      ? refuse({ code: 'rolled-back', message: 'it is older than the one in use' })
      : { set };
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) throw thrown;
    return refuse({ code: thrown.code, message: messageOf(thrown).slice(0, 300) });
  }
}

/** Under the same root versions only grow; under a later root they may begin again (TUF specification 5.3.11). */
function isOlder({ versions }: VerifiedSet, { versions: held }: VerifiedSet): boolean {
  return versions.root < held.root || (versions.root === held.root && versions.timestamp < held.timestamp);
}

function replaceRoots(compiled: CompiledConfig, verified: ReadonlyMap<string, VerifiedSet>): CompiledConfig {
  if (verified.size === 0) return compiled;
  const { hash: _hash, ...content } = compiled;
  const roots = { ...content.trust.roots };
  for (const [name, { trustedRoot }] of verified) roots[name] = trustedRoot;
  const replaced = { ...content, trust: { ...content.trust, roots } };
  return { ...replaced, hash: hashConfig(replaced) };
}
