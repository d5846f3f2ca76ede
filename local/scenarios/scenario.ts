import type { Digest } from '../../lambdas/core/digest.ts';
import type { DriftRecord } from '../../lambdas/core/iam/drift/lifecycle.ts';
import type { VerdictState } from '../../lambdas/core/images/verdict.ts';
import type { EmbeddedAccount } from '../account/types.ts';
import type { OperatorAction } from '../operator-action.ts';
import type { Identity } from '../sigstore/fulcio.ts';
import type { PrivateSigstore } from '../sigstore/private-sigstore.ts';
import type { SigningKey } from '../sigstore/signers.ts';

/** What a scenario acts on. */
export interface World {
  readonly account: EmbeddedAccount;
  readonly sigstore: PrivateSigstore;
  /** The workflow that the trust policy names. */
  readonly releaseWorkflow: Identity;
  /** The key that the trust policy names, for images and for baselines. */
  readonly releaseKey: SigningKey;
  /** Seconds a pushed image may stay without a signature. */
  readonly graceSeconds: number;
  /** A new number each time, so that every run is about something that was never seen before. */
  readonly nextNumber: () => number;
  /** Presses a custom action of Security Hub on the finding about the subject. False, and nothing is done, as long as there is none that offers it. */
  readonly operate: (action: OperatorAction, subject: Subject) => boolean;
  /** Does something later, by the account's clock. A failure is the world's to report. */
  readonly later: (milliseconds: number, act: () => Promise<unknown>) => void;
}

/** An image in the embedded account. */
export interface ScenarioImage {
  readonly kind: 'image';
  readonly repository: string;
  readonly digest: Digest;
}

/** A role or user in the embedded account. */
export interface ScenarioPrincipal {
  readonly kind: 'principal';
  readonly arn: string;
}

/** What a scenario is about. */
export type Subject = ScenarioImage | ScenarioPrincipal;

/** What the timeline, the observations and the console call a subject: `repository@digest`, or the ARN. */
export function traceOf(subject: Subject): string {
  return subject.kind === 'image' ? `${subject.repository}@${subject.digest}` : subject.arn;
}

/** What Security Hub holds about the subject in the end: an open finding, one that is archived (passed, put right or gone), or none at all. */
export type ExpectedFinding = 'open' | 'archived' | 'none';

/** Where the subject stands in the end: the verdict on an image, the drift of a principal. `none` where the service keeps nothing about it. */
export interface ExpectedStates {
  readonly image: VerdictState | 'none';
  readonly principal: DriftRecord['state'] | 'none';
}

/** One thing that somebody does to the account; about an image, where nothing else is said. */
export interface Scenario<About extends Subject = ScenarioImage> {
  /** Short name in lower case with hyphens. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what a watcher is about to see. */
  readonly expectation: string;
  readonly expected: { readonly state: ExpectedStates[About['kind']]; readonly finding: ExpectedFinding };
  /** Does it through the account's SDK clients, with real bytes. */
  run(world: World): Promise<About>;
}
