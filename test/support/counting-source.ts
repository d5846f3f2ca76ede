import type { ArtifactSource } from '../../lambdas/core/images/source.ts';

/**
 * Counts sequential legs: the length of the longest chain of calls in which each began only after the one before had ended. Calls that overlap share
 * a leg, however many they are.
 */
export class LegCounter {
  #finished = 0;

  /** Legs so far. */
  get legs(): number {
    return this.#finished;
  }

  /** Runs one call that costs `legs` round trips by itself. */
  async run<T>(call: () => Promise<T>, legs = 1): Promise<T> {
    const last = this.#finished + legs;
    try {
      return await call();
    } finally {
      this.#finished = Math.max(this.#finished, last);
    }
  }
}

export interface CountingSource extends ArtifactSource {
  /** Sequential legs so far: one for a batch of manifests or a listing, two for a batch of layers (the URL, then the storage). */
  readonly legs: number;
  /** Calls of each method so far. */
  readonly calls: { readonly readManifests: number; readonly listReferrers: number; readonly readBlobs: number };
}

/** The same source, counting. For tests and benchmarks; pages of a listing and chunks of a batch inside the adapter are not seen from here. */
export function countingSource(source: ArtifactSource): CountingSource {
  const counter = new LegCounter();
  const calls = { readManifests: 0, listReferrers: 0, readBlobs: 0 };
  return {
    name: source.name,
    calls,
    get legs() {
      return counter.legs;
    },
    readManifests(references, limits) {
      calls.readManifests += 1;
      return counter.run(() => source.readManifests(references, limits));
    },
    listReferrers(subject, limits) {
      calls.listReferrers += 1;
      return counter.run(() => source.listReferrers(subject, limits));
    },
    readBlobs(blobs, limits) {
      calls.readBlobs += 1;
      return counter.run(() => source.readBlobs(blobs, limits), 2);
    },
  };
}
