import type { RootsInUse } from '../core/config/apply-stored-roots.ts';
import { type DeployedTrust, loadTrust } from '../core/config/deployed-trust.ts';
import { keepRoots } from './keep-roots.ts';
import type { RootStore } from './root-store.ts';

export interface CurrentTrust {
  readonly trust: DeployedTrust;
  /** Undefined where the deployed trust cannot be used. */
  readonly roots: RootsInUse | undefined;
}

/** The deployed trust with the roots in use: parsed again only where they changed. */
export function keepTrust(deployed: DeployedTrust, store: RootStore, clock: () => number): () => Promise<CurrentTrust> {
  if (!deployed.usable) return async () => ({ trust: deployed, roots: undefined });
  const rootsInUse = keepRoots(deployed.config, store, clock);
  let trust: DeployedTrust = deployed;
  return async () => {
    const roots = await rootsInUse();
    if (roots.config.hash !== trust.policyHash) trust = loadTrust(roots.config);
    return { trust, roots };
  };
}
