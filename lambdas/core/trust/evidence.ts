import * as z from 'zod';
import { isDigest } from '../digest.ts';
import type { Reason } from '../errors.ts';

const digest = z.string().refine(isDigest);
const CHECKS = [
  'format',
  'certificate-chain',
  'certificate-usage',
  'certificate-timestamp',
  'transparency-log-entry',
  'transparency-log-inclusion',
  'signed-time',
  'signature',
  'identity',
  'statement',
  'subject',
  'predicate',
  'envelope',
  'signed-by',
  'payload',
  'trust-store',
  'expiry',
  'revocation',
] as const;

/**
 * One line of evidence: what one requirement of the policy made of one candidate (or of none). This is what `--json`, the finding and the console show, and what is stored.
 * `outcome`: `satisfied`; `failed` (something claims to fulfil it and does not); `missing` (nothing claims to); `error` (could not be decided).
 */
export const evidenceSchema = z.object({
  /** Where in the policy, as a path: `images[0].require.any[1]`. */
  policyLine: z.string(),
  /** The requirement in words: `signed by release-key`. */
  requirement: z.string(),
  outcome: z.enum(['satisfied', 'failed', 'missing', 'error']),
  format: z.enum(['bundle', 'simple-signing', 'dsse', 'notation']).optional(),
  origin: z
    .object({
      kind: z.enum(['referrer', 'sig-tag', 'att-tag', 'fallback-tag', 'file']),
      manifest: digest.optional(),
      blob: digest.optional(),
      tag: z.string().optional(),
    })
    .optional(),
  /** Who signed, in words, where a signature verified: `https://github.com/... (issuer ...)` or `the pinned key`. */
  signer: z.string().optional(),
  checks: z.array(
    z.object({ check: z.enum(CHECKS), result: z.enum(['passed', 'failed', 'skipped']), detail: z.string() }),
  ),
  reason: z.object({ code: z.string(), message: z.string() }).optional(),
});

type DeepReadonly<T> = { readonly [Key in keyof T]: T[Key] extends object | undefined ? DeepReadonly<T[Key]> : T[Key] };

export type Evidence = DeepReadonly<z.infer<typeof evidenceSchema>>;

/** The decision of a trust policy over the candidates of one image. */
export interface Decision {
  readonly verdict: 'verified' | 'unsigned' | 'invalid' | 'error';
  /** Name of the image policy that decided; null where none names the repository. */
  readonly policy: string | null;
  readonly evidence: readonly Evidence[];
  readonly reasons: readonly Reason[];
  /** When the decision has to be made again, Unix milliseconds: it rests on an exception, a signature that expires, or an answer about revocation. */
  readonly validUntil?: number;
}
