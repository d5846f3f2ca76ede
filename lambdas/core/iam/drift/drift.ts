import type { PolicyText } from '../account.ts';
import type { IamState } from './state.ts';

/** How access after a change stands to the one before: the verdict of the comparison of policies. */
export type AccessVerdict = 'equal' | 'narrower' | 'wider' | 'incomparable' | 'unknown';

export interface AccessChange {
  readonly verdict: AccessVerdict;
  /** In words for an analyst. */
  readonly because: readonly string[];
}

/** One place in which live state is not what was signed. The place is named as the ledger names the slot that puts it right. */
export type Deviation = AccessChange &
  (
    | {
        readonly slot: 'inline-policy';
        readonly policy: string;
        readonly signed: PolicyText | null;
        readonly live: PolicyText | null;
      }
    | {
        readonly slot: 'attachment';
        readonly policyArn: string;
        readonly signed: 'attached' | null;
        readonly live: 'attached' | null;
      }
    | { readonly slot: 'trust'; readonly signed: PolicyText; readonly live: PolicyText }
    | { readonly slot: 'boundary'; readonly signed: string | null; readonly live: string | null }
    | {
        readonly slot: 'membership';
        readonly group: string;
        readonly signed: 'member' | null;
        readonly live: 'member' | null;
      }
    | { readonly slot: 'default-document'; readonly signed: PolicyText; readonly live: PolicyText }
  );

/**
 * Live state against signed state. `none`: covered by a signature, whoever made it. `undeclared`: there is no signed state of something that exists.
 * `deleted`: what was signed is gone, and comes back only under another unique id.
 */
export type Drift =
  | { readonly kind: 'none' }
  | { readonly kind: 'undeclared'; readonly live: IamState }
  | { readonly kind: 'deleted'; readonly signed: IamState }
  | {
      readonly kind: 'changed';
      readonly live: IamState;
      readonly deviations: readonly Deviation[];
      /** Of all deviations together: the worst, `incomparable` where some widen and some narrow. */
      readonly verdict: Exclude<AccessVerdict, 'equal'>;
    };

/** Puts verdicts on parts of one state together. What cannot be told counts as wider (`unknown` stays visible). */
export function combineVerdicts(verdicts: readonly AccessVerdict[]): AccessVerdict {
  const changed = verdicts.filter((verdict) => verdict !== 'equal');
  const [first = 'equal'] = changed;
  if (changed.includes('unknown')) return 'unknown';
  return changed.every((verdict) => verdict === first) ? first : 'incomparable';
}
