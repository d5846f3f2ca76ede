import { z } from 'zod';

const texts = z.union([z.string(), z.array(z.string())]);
const scalar = z.union([z.string(), z.boolean(), z.number()]);
const statementShape = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Principal: z.record(z.string(), texts).optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.union([scalar, z.array(scalar)]))).optional(),
});
export const rawPolicyShape = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([statementShape, z.array(statementShape)]),
});

/** A policy as it is written. */
export type Raw = z.infer<typeof rawPolicyShape>;
export type RawRule = z.infer<typeof statementShape>;

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

export const statementsOf = (policy: Raw): readonly RawRule[] => listOf<RawRule>(policy.Statement);

/** The same document with other statements. */
export const mapStatements = (policy: Raw, change: (statement: RawRule) => RawRule | readonly RawRule[]): Raw => ({
  ...policy,
  Statement: statementsOf(policy).flatMap((statement) => change(statement)),
});
