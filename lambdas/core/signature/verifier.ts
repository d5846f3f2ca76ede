import type { KeyObject } from 'node:crypto';
import type { VerifyStatement } from './notation/trust-policy.ts';
import type { TrustStores } from './notation/trust-store.ts';
import type { TrustRoot } from './trust-root.ts';

/** Whether a proof must be there. There is no third value and no default here: the trust policy decides. */
export type Demand = 'required' | 'not-required';

/**
 * What a candidate is verified with.
 * - `key`: a public key the operator pinned. With `log: 'required'` the signature must also be in a log of `root`.
 * - `certificate`: a short-lived certificate under a CA of `root`. A trusted time (log or RFC 3161) is always required.
 */
export type Verifier =
  | { readonly kind: 'key'; readonly key: KeyObject; readonly log: Demand; readonly root?: TrustRoot }
  | {
      readonly kind: 'certificate';
      readonly root: TrustRoot;
      readonly log: Demand;
      readonly certificateTimestamp: Demand;
    };

/** What a Notary Project signature is verified with: a statement of its trust policy and the stores that it names. */
export interface NotationVerifier {
  readonly kind: 'notation';
  readonly statement: VerifyStatement;
  readonly stores: TrustStores;
}
