import { parseBundle } from './bundle.ts';
import type { SignatureCandidate } from './candidate.ts';
import { parseCosignLayer } from './cosign-layer.ts';
import { SignatureError } from './errors.ts';
import { readStatement } from './statement.ts';

/**
 * The statement that a candidate carries, read without any verification: good for telling what it is about, and for nothing else. Undefined where it carries
 * none that can be read.
 */
export function readClaimedStatement(candidate: SignatureCandidate): ReturnType<typeof readStatement> | undefined {
  if (candidate.format !== 'bundle' && candidate.format !== 'dsse') return undefined;
  try {
    const { signed } = candidate.format === 'bundle' ? parseBundle(candidate.bytes) : parseCosignLayer(candidate);
    return signed.kind === 'envelope' ? readStatement(signed.envelope) : undefined;
  } catch (thrown) {
    if (thrown instanceof SignatureError) return undefined;
    throw thrown;
  }
}

/** The predicate type that a candidate claims, as unverified as the rest of its statement. */
export function readClaimedType(candidate: SignatureCandidate): string | undefined {
  return readClaimedStatement(candidate)?.predicateType;
}
