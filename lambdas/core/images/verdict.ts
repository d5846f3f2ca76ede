import type { Digest } from '../digest.ts';
import type { Reason } from '../errors.ts';
import type { PlanFacts } from '../findings/plan-text.ts';
import type { ImageName } from '../image-name.ts';
import type { Evidence } from '../trust/evidence.ts';
import type { KnownManifest } from './candidates.ts';

/** The states of an image (architecture, decision 8). `gone`: the digest was deleted; its finding is closed and its row kept for a while. */
export type VerdictState = 'pending' | 'verified' | 'unsigned' | 'invalid' | 'error' | 'ignored' | 'gone';

/** A tag that was moved to an image. */
export interface TagMove {
  readonly tag: string;
  readonly from: Digest;
}

/** The stored verdict of one image: one DynamoDB item, written only under the condition that `revision` is still the one read. */
export interface VerdictRecord extends ImageName {
  readonly state: VerdictState;
  /** Grows by one with each write. */
  readonly revision: number;
  /** The revision whose finding was handed to the findings queue; lower than `revision` while that is still owed. */
  readonly publishedRevision: number;
  /** `UpdatedAt` of the finding of this revision, Unix ms: strictly greater than that of any earlier revision. */
  readonly findingUpdatedAt: number;
  /** When the image was first seen (`CreatedAt` of its finding), Unix ms. */
  readonly firstSeenAt: number;
  /** End of the grace time, Unix ms. */
  readonly graceEndsAt: number;
  /** When the next look at the image is due at the latest, Unix ms: a message for it is on its way. Absent where nothing is awaited. */
  readonly nextCheckAt?: number | undefined;
  /** When the verdict has to be made again, Unix ms: it rests on an exception, a signature that expires, or an answer about revocation. Without a new one it is worth nothing then. */
  readonly validUntil?: number | undefined;
  /** How often in a row it could not be decided; drives the retry delay. */
  readonly attempts: number;
  readonly tags: readonly string[];
  /** Its tags that pointed to another digest before, and to which. Absent where none did. */
  readonly tagMoves?: readonly TagMove[] | undefined;
  /** What was read of its manifest: in the archive it cannot be read. Absent where it never was. */
  readonly manifest?: KnownManifest | undefined;
  /** The quarantine plans about it, as its finding tells of them. Absent where none was proposed. */
  readonly plans?: readonly PlanFacts[] | undefined;
  /** `hash` of the compiled configuration that decided. */
  readonly policyHash: string;
  readonly policy: string | null;
  readonly evidence: readonly Evidence[];
  readonly reasons: readonly Reason[];
  /** Whether Security Hub holds an open finding of ours about it (true from the first unsigned or invalid until verified or gone). */
  readonly findingOpen: boolean;
}
