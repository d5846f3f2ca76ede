import type { Digest } from '../digest.ts';
import type { Reason } from '../errors.ts';
import type { Origin, SignatureCandidate } from '../signature/candidate.ts';
import type { Incomplete } from '../trust/evaluate.ts';

/** Something met on the way that is not a candidate: a malformed referrer, a bound that bit, a digest that did not match. */
export interface Problem extends Reason {
  readonly origin?: Origin;
}

/** What was read of a manifest by its digest at some time: it never changes. */
export interface KnownManifest {
  readonly mediaType: string;
  readonly size: number;
  readonly artifactType?: string | undefined;
}

/** What `findSignatures` found around one digest. */
export type Found =
  | {
      readonly state: 'found';
      readonly subject: {
        readonly digest: Digest;
        readonly mediaType: string;
        readonly artifactType?: string;
        readonly size: number;
        /** What an index lists. */
        readonly children?: readonly Digest[];
      };
      readonly candidates: readonly SignatureCandidate[];
      /** Bad pieces beside the candidates. They neither pass nor block. */
      readonly problems: readonly Problem[];
      /** Set where a signature may exist that was not read (throttled, unavailable, cut off by a bound): "unsigned" must not be concluded. */
      readonly incomplete?: Incomplete;
    }
  /** The digest is not (or no longer) in the repository. */
  | { readonly state: 'gone' }
  /** The image itself is malformed or does not have the digest it is stored under. */
  | { readonly state: 'malformed'; readonly reason: Reason }
  /** The image itself could not be read now. */
  | { readonly state: 'unreadable'; readonly reason: Reason };
