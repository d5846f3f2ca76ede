import { parseBundle } from './bundle.ts';
import type { SignatureCandidate } from './candidate.ts';
import { parseCosignLayer } from './cosign-layer.ts';
import { SignatureError } from './errors.ts';
import { readStatement } from './statement.ts';

/**
 * The predicate type that a candidate claims, read without any verification: good for telling what a bad one is about, and for nothing else. Undefined where it
 * claims none that can be read.
 */
export function readClaimedType(candidate: SignatureCandidate): string | undefined {
  if (candidate.format !== 'bundle' && candidate.format !== 'dsse') return undefined;
  try {
    const { signed } = candidate.format === 'bundle' ? parseBundle(candidate.bytes) : parseCosignLayer(candidate);
    return signed.kind === 'envelope' ? readStatement(signed.envelope).predicateType : undefined;
  } catch (thrown) {
    if (thrown instanceof SignatureError) return undefined;
    throw thrown;
  }
}
