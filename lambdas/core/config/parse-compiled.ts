import * as z from 'zod';
import { CountersignError, messageOf } from '../errors.ts';
import { trustPolicySchema } from '../trust/policy.ts';
import { compiledAwsConfig } from './aws-config.ts';
import type { CompiledConfig } from './compiled.ts';
import { compiledGuardDuty } from './guardduty.ts';
import { hashConfig } from './hash.ts';
import { compiledIam } from './iam.ts';
import { compiledQuarantine } from './quarantine.ts';

/** Thrown where the compiled configuration is not one, or was changed after it was compiled. */
export class CompiledConfigError extends CountersignError<'malformed-config' | 'config-hash-mismatch'> {}

const compiledSchema = z.strictObject({
  version: z.literal(1),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  images: z.strictObject({
    mode: z.literal('observe'),
    graceSeconds: z.number().int().positive().max(86_400),
    quarantine: compiledQuarantine.optional(),
  }),
  iam: compiledIam.optional(),
  guardDuty: compiledGuardDuty.optional(),
  config: compiledAwsConfig.optional(),
  trust: z.strictObject({
    policy: trustPolicySchema,
    roots: z.record(z.string(), z.unknown()),
    initialRoots: z.record(z.string(), z.string()).optional(),
    keys: z.record(z.string(), z.string()),
    stores: z.record(
      z.string(),
      z.strictObject({
        ca: z.array(z.string()).optional(),
        signingAuthority: z.array(z.string()).optional(),
        tsa: z.array(z.string()).optional(),
      }),
    ),
  }),
});

/** Parses `countersign.compiled.json` at run time. Nothing is taken on faith: its form and its hash are checked again. Throws CompiledConfigError. */
export function parseCompiledConfig(text: string): CompiledConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CompiledConfigError('malformed-config', `the compiled configuration is not JSON: ${messageOf(cause)}`, {
      cause,
    });
  }
  const parsed = compiledSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CompiledConfigError(
      'malformed-config',
      `the compiled configuration: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const { hash, ...rest } = parsed.data;
  if (hashConfig(rest) !== hash) {
    throw new CompiledConfigError(
      'config-hash-mismatch',
      'the compiled configuration does not have the hash that it names',
    );
  }
  const { policy, initialRoots = {} } = parsed.data.trust;
  const [orphan] = Object.entries(policy.roots).filter(
    ([name, { tuf }]) => (tuf !== undefined) !== name in initialRoots,
  );
  if (orphan !== undefined) {
    throw new CompiledConfigError(
      'malformed-config',
      `the root ${orphan[0]} and its initial root.json do not go together`,
    );
  }
  return parsed.data;
}
