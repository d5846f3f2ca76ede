import { digestOf } from '../../lambdas/core/digest.ts';
import type { Flaws } from './flaws.ts';

/** How a signature is made. Defaults are cosign's: an identity logs (bundles to Rekor v2 with a timestamp, legacy layers to v1), a key does neither. */
export interface SigningOptions {
  readonly log?: 'v1' | 'v2' | 'none';
  readonly timestamp?: boolean;
  readonly flaws?: Flaws;
}

/** What the flaw `wrongSubject` names instead. */
export const OTHER_DIGEST = digestOf('another image');

/** The same JSON with one space more: still says the same, no longer what was signed. */
export function alter(payload: Buffer): Buffer {
  return Buffer.concat([payload, Buffer.from(' ')]);
}
