import { applyStoredRoots, type RootsInUse } from '../core/config/apply-stored-roots.ts';
import type { CompiledConfig } from '../core/config/compiled.ts';
import { messageOf } from '../core/errors.ts';
import { listRefreshedRoots, type RootProblem } from '../core/trust/tuf/refreshed-roots.ts';
import type { RootStore } from './root-store.ts';

/** How long roots are used before the store is asked again, milliseconds. */
const KEEP = 15 * 60_000;

/**
 * The roots in use, read from the store at the first call and every 15 minutes: whoever verifies an image finds them in memory. A store that cannot be read
 * changes nothing while there are roots in use; without any the call fails, because the deployed root may have been replaced for a reason.
 */
export function keepRoots(config: CompiledConfig, store: RootStore, clock: () => number): () => Promise<RootsInUse> {
  const names = listRefreshedRoots(config.trust).map(({ name }) => name);
  let inUse: RootsInUse = { config, verified: new Map(), problems: [] };
  let readAt = names.length === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const first = readAt === Number.NEGATIVE_INFINITY;
    try {
      const stored = await store.read(names);
      const sets = new Map([...stored].map(([name, { set }]) => [name, set]));
      inUse = applyStoredRoots(config, sets, inUse.verified, clock());
    } catch (thrown) {
      if (first) throw thrown;
      inUse = { ...inUse, problems: names.map((root) => describeUnread(root, thrown)) };
    }
    readAt = clock();
  }

  return async () => {
    if (clock() >= readAt + KEEP) {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      await reading;
    }
    return inUse;
  };
}

function describeUnread(root: string, thrown: unknown): RootProblem {
  const message = `The stored trusted root ${root} could not be read (${messageOf(thrown).slice(0, 200)}): the one before it stays in use.`;
  return { root, kind: 'unreachable', reason: { code: 'store-unreadable', message } };
}
