/** The verdicts of this service that AWS Config shows, each as a custom rule. */
export const QUESTIONS = ['image-signatures', 'iam-baseline', 'oidc-trust'] as const;
export type Question = (typeof QUESTIONS)[number];

export interface EvaluatedResource {
  /** As Config has them. */
  readonly type: string;
  readonly id: string;
}

/** One result for Config. It has no word for "not known": what is not judged has none, or is not applicable where it had one that would mislead. */
export interface Evaluation extends EvaluatedResource {
  readonly compliance: 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  /** At most 256 characters (AWS Config API Reference, Evaluation). */
  readonly annotation: string;
}

/** What comes of judging: `undecided` are there, but nothing can be said of them for the moment. */
export interface Judgement {
  readonly evaluations: readonly Evaluation[];
  readonly undecided: readonly EvaluatedResource[];
}
