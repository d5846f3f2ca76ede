import type { RootStore, StoredRoot } from '../aws/root-store.ts';
import { CountersignError, messageOf } from '../core/errors.ts';
import { verifyMetadataSet } from '../core/trust/tuf/metadata-set.ts';
import { type HeldSet, type Mirror, refreshMetadata } from '../core/trust/tuf/refresh.ts';
import { findStaleness, type RefreshedRoot, type RootProblem } from '../core/trust/tuf/refreshed-roots.ts';

export interface RootRefresh {
  readonly outcome: 'stored' | 'current' | 'overtaken' | 'refused' | 'unreachable';
  readonly problems: readonly RootProblem[];
}

/**
 * Refreshes one root: fetches, verifies, and stores what is newer, or says why not. What is stored already and no longer believed is a problem of its own, and is replaced
 * by what the mirror has. `overtaken`: another run stored something meanwhile, which is as good.
 */
export async function refreshRoot(
  root: RefreshedRoot,
  stored: StoredRoot | undefined,
  mirror: Mirror,
  store: RootStore,
  now: number,
): Promise<RootRefresh> {
  const held = holdStored(root, stored);
  const problems = 'problem' in held ? [held.problem] : [];
  const set = 'set' in held ? held : undefined;
  try {
    const refresh = await refreshMetadata(root.authority, set, mirror, now);
    if (refresh.outcome === 'current') return { outcome: 'current', problems };
    const isStored = await store.write(root.name, refresh.set, refresh.verified, stored);
    return { outcome: isStored ? 'stored' : 'overtaken', problems };
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) throw thrown;
    const kind = thrown.code === 'unreachable' ? 'unreachable' : 'refused';
    const message = `The trusted root ${root.name} was not refreshed: ${messageOf(thrown).slice(0, 300)}.`;
    const stale = set === undefined ? undefined : findStaleness(root, set.verified.expiresAt, now);
    const failure: RootProblem = { root: root.name, kind, reason: { code: thrown.code, message } };
    return { outcome: kind, problems: [...problems, failure, ...(stale === undefined ? [] : [stale])] };
  }
}

function holdStored(
  { name, authority }: RefreshedRoot,
  stored: StoredRoot | undefined,
): HeldSet | { readonly problem: RootProblem } | Record<never, never> {
  if (stored === undefined) return {};
  const refuse = (code: string, message: string) => ({
    problem: {
      root: name,
      kind: 'refused' as const,
      reason: { code, message: `What was stored of the trusted root ${name} is refused: ${message}.` },
    },
  });
  if (stored.set === 'unreadable') return refuse('malformed', 'the row cannot be read');
  try {
    return { set: stored.set, verified: verifyMetadataSet(authority, stored.set) };
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) throw thrown;
    return refuse(thrown.code, messageOf(thrown).slice(0, 300));
  }
}
