import type { Digest } from '../../lambdas/core/digest.ts';
import type { VerdictState } from '../../lambdas/core/images/verdict.ts';
import type { EmbeddedAccount } from '../account/types.ts';
import type { Identity } from '../sigstore/fulcio.ts';
import type { PrivateSigstore } from '../sigstore/private-sigstore.ts';
import type { SigningKey } from '../sigstore/signers.ts';

/** What a scenario acts on. */
export interface World {
  readonly account: EmbeddedAccount;
  readonly sigstore: PrivateSigstore;
  /** The workflow that the trust policy names. */
  readonly releaseWorkflow: Identity;
  /** The key that the trust policy names. */
  readonly releaseKey: SigningKey;
  /** Seconds a pushed image may stay without a signature. */
  readonly graceSeconds: number;
  /** A new number each time, so that every run pushes an image that was never seen before. */
  readonly nextNumber: () => number;
  /** Does something later, by the account's clock. A failure is the world's to report. */
  readonly later: (milliseconds: number, act: () => Promise<unknown>) => void;
}

/** The image a scenario is about, in the embedded account. */
export interface ScenarioImage {
  readonly repository: string;
  readonly digest: Digest;
}

/** What Security Hub holds about the image in the end: an open finding, one that is archived (passed, or the image is gone), or none at all. */
export type ExpectedFinding = 'open' | 'archived' | 'none';

/** The verdict in the end; `none` where the service keeps none, because its policy ignores the repository. */
export type ExpectedState = VerdictState | 'none';

export interface Scenario {
  /** Short name in lower case with hyphens. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what a watcher is about to see. */
  readonly expectation: string;
  readonly expected: { readonly state: ExpectedState; readonly finding: ExpectedFinding };
  /** Pushes real bytes through the account's SDK clients. */
  run(world: World): Promise<ScenarioImage>;
}
