import { parseCertificate } from '../../lambdas/core/signature/certificate.ts';
import type { NotationOutcome } from '../../lambdas/core/signature/notation/outcome.ts';
import { createStrictStatement, type VerifyStatement } from '../../lambdas/core/signature/notation/trust-policy.ts';
import type { TrustStores } from '../../lambdas/core/signature/notation/trust-store.ts';
import {
  type NotationContext,
  verifyUnderStatement,
} from '../../lambdas/core/signature/notation/verify-notation-signature.ts';
import { ARTIFACT } from './notation-envelopes.ts';
import { NOW } from './notation-kit.ts';

/** Trust stores of raw certificates by `type:name`. */
export function storesOf(stores: Readonly<Record<string, readonly Buffer[]>>): TrustStores {
  return new Map(Object.entries(stores).map(([key, list]) => [key, list.map((der) => parseCertificate(der))]));
}

export const JWS = 'application/jose+json';
export const COSE = 'application/cose';

/** Verifies strictly, for any identity unless told otherwise, at NOW, trusting the certificates of the stores given. */
export function verifyStrictly(
  envelope: Uint8Array,
  stores: Readonly<Record<string, readonly Buffer[]>>,
  options: Partial<NotationContext> & {
    mediaType?: string;
    identities?: readonly string[];
    statement?: Partial<VerifyStatement>;
  } = {},
): Promise<NotationOutcome> {
  const { mediaType = JWS, identities = ['*'], statement, ...context } = options;
  const strict = createStrictStatement('strict', Object.keys(stores), identities);
  return verifyUnderStatement(envelope, mediaType, {
    artifact: ARTIFACT,
    now: NOW,
    ...context,
    statement: { ...strict, ...statement },
    stores: storesOf(stores),
  });
}

/** `accepted`, or the kind with its code: what a test expects in one word or two. */
export function summarize(outcome: NotationOutcome): string {
  return 'code' in outcome ? `${outcome.kind} ${outcome.code}` : outcome.kind;
}
