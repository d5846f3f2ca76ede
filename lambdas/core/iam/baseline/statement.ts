import * as z from 'zod';
import { type Digest, hexOf } from '../../digest.ts';
import { type BaselineState, baselineStateSchema, digestState } from './state.ts';

/** Statement that a state is the desired one. */
export const BASELINE_TYPE = 'urn:countersign:iam-baseline:v1';
/** Statement that a state which differs from its baseline is accepted, for a reason and for a time. */
export const APPROVAL_TYPE = 'urn:countersign:iam-approval:v1';

const moment = z.iso.datetime({ offset: true });

export const baselinePredicateSchema = z.strictObject({
  state: baselineStateSchema,
  /** Counts up with each baseline of the ARN: an older one is no baseline any more. */
  version: z.int().min(1).max(1_000_000_000),
  created: moment,
  /** Absent: until there is a newer one. */
  expires: moment.optional(),
});
export type BaselinePredicate = z.output<typeof baselinePredicateSchema>;

export const approvalPredicateSchema = z.strictObject({
  state: baselineStateSchema,
  /** The baseline that is differed from. With the next one the approval ends. */
  baselineVersion: z.int().min(1).max(1_000_000_000),
  reason: z.string().min(1).max(1000),
  issued: moment,
  expires: moment,
});
export type ApprovalPredicate = z.output<typeof approvalPredicateSchema>;

/** The in-toto statement v1 that is signed for a baseline, as UTF-8 JSON. Its subject is the ARN with the digest of the state. */
export function describeBaseline(predicate: BaselinePredicate): Buffer {
  return describeStatement(BASELINE_TYPE, predicate.state, predicate);
}

/** Likewise for an approval. */
export function describeApproval(predicate: ApprovalPredicate): Buffer {
  return describeStatement(APPROVAL_TYPE, predicate.state, predicate);
}

function describeStatement(predicateType: string, state: BaselineState, predicate: object): Buffer {
  const digest: Digest = digestState(state);
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: state.arn, digest: { sha256: hexOf(digest) } }],
      predicateType,
      predicate,
    }),
  );
}
