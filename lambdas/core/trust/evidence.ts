import type { Reason } from '../errors.ts';
import type { Origin } from '../signature/candidate.ts';
import type { Check } from '../signature/outcome.ts';

/**
 * One line of evidence: what one requirement of the policy made of one candidate (or of none). This is what `--json`, the finding and the console show.
 * `outcome`: `satisfied`; `failed` (something claims to fulfil it and does not); `missing` (nothing claims to); `error` (could not be decided).
 */
export interface Evidence {
  /** Where in the policy, as a path: `images[0].require.any[1]`. */
  readonly policyLine: string;
  /** The requirement in words: `signed by release-key`. */
  readonly requirement: string;
  readonly outcome: 'satisfied' | 'failed' | 'missing' | 'error';
  readonly format?: 'bundle' | 'simple-signing' | 'dsse' | 'unread';
  readonly origin?: Origin;
  /** Who signed, in words, where a signature verified: `https://github.com/... (issuer ...)` or `key release-key`. */
  readonly signer?: string;
  readonly checks: readonly Check[];
  readonly reason?: Reason;
}

/** The decision of a trust policy over the candidates of one image. */
export interface Decision {
  readonly verdict: 'verified' | 'unsigned' | 'invalid' | 'error';
  /** Name of the image policy that decided; null where none names the repository. */
  readonly policy: string | null;
  readonly evidence: readonly Evidence[];
  readonly reasons: readonly Reason[];
}
