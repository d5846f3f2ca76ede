import { type MetadataSet, verifyMetadataSet } from '../../lambdas/core/trust/tuf/metadata-set.ts';
import { type HeldSet, type Mirror, type Refresh, refreshMetadata } from '../../lambdas/core/trust/tuf/refresh.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { TufRepository, type TufRepositoryOptions } from '../../local/sigstore/tuf-repository.ts';

export const START = Date.UTC(2026, 10, 23, 12, 0, 0);
export const DAY = 86_400_000;

export const aTrustedRoot = () => createPrivateSigstore({ now: () => START }).trustedRoot();

/** A repository whose clock the test sets. */
export function prepareRepository(options: Partial<TufRepositoryOptions> = {}) {
  const time = { now: START };
  const repository = new TufRepository({ now: () => time.now, trustedRoot: aTrustedRoot(), ...options });
  const authority = { initialRoot: repository.root(), target: 'trusted_root.json' };
  const refresh = (held?: HeldSet, mirror: Mirror = mirrorOf(repository)): Promise<Refresh> =>
    refreshMetadata(authority, held, mirror, time.now);
  return { repository, authority, time, refresh };
}

/** A mirror that serves what the repository has, within the bound it is given. */
export function mirrorOf(repository: TufRepository): Mirror & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: (path) => {
      asked.push(path);
      return Promise.resolve(repository.files.get(path));
    },
  };
}

/** The set of a refresh, which the test expects to bring one. */
export function heldFrom(refresh: Refresh): HeldSet {
  if (refresh.outcome !== 'newer') throw new Error(`the refresh was ${refresh.outcome}`);
  return { set: refresh.set, verified: refresh.verified };
}

/** A copy of a set with one file of it replaced. */
export function replaceFile(set: MetadataSet, file: Exclude<keyof MetadataSet, 'roots'>, bytes: Buffer): MetadataSet {
  return { ...set, [file]: bytes };
}

export { verifyMetadataSet };
