/**
 * A policy document as IAM reads it (IAM User Guide, "Grammar of the IAM JSON policy language"): scalars are lists, action prefixes and names are lower
 * case, since IAM compares them without case. Nothing is expanded and nothing is sorted.
 */
export interface PolicyDocument {
  /** Missing means 2008-10-17, in which `${…}` is plain text. */
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Counted from 1, as findings name it. */
  readonly number: number;
  /** Without effect on the evaluation. */
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: PatternSet;
  /** Undefined in a trust policy, where the role itself is the resource. */
  readonly resources: PatternSet | undefined;
  /** Undefined in an identity policy, where the holder is the principal. */
  readonly principals: PrincipalSet | undefined;
  /** All must hold. Empty: without condition. */
  readonly conditions: readonly Condition[];
}

/** What matches one of the patterns, or (`NotAction`, `NotResource`) what matches none of them. */
export interface PatternSet {
  readonly mode: 'in' | 'not-in';
  readonly patterns: readonly string[];
}

/** `Principal` or `NotPrincipal`. `"*"` and `{"AWS":"*"}` are both the AWS principal `*`. */
export interface PrincipalSet {
  readonly mode: 'in' | 'not-in';
  readonly principals: readonly Principal[];
}

export interface Principal {
  readonly kind: 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';
  readonly value: string;
}

/** One operator with one key: `values` are alternatives. */
export interface Condition {
  /** The name without quantifier and `IfExists`, in lower case: `stringlike`. */
  readonly operator: string;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  /** In lower case: key names are compared without case. */
  readonly key: string;
  /** Booleans and numbers as text, as IAM takes them. */
  readonly values: readonly string[];
}
