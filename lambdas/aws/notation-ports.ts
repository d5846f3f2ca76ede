import { partitionOf } from '../core/aws-names.ts';
import type { NotationPorts } from '../core/images/verify-notation.ts';
import { revocationPorts, withinTime } from './revocation-ports.ts';
import { signerRevocation } from './signer-revocation.ts';
import type { Wiring } from './wiring.ts';

/** All that may be asked about revocation in one look, milliseconds: other records wait. */
const TIME_FOR_REVOCATION = 8000;

/**
 * Whom a look at an image asks about revocation. Answers are kept for the life of the function; each look gets ports of its own, with its own time. Whoever decides
 * about images takes these, so that all decide by the same answers.
 */
export function keepNotationPorts({
  fetch,
  clock,
  signerIn,
  environment,
}: Pick<Wiring<never>, 'fetch' | 'clock' | 'signerIn' | 'environment'>): () => NotationPorts {
  const revocation = revocationPorts(fetch, clock);
  const getRevocationStatus = signerIn && signerRevocation(signerIn, partitionOf(environment.AWS_REGION ?? ''), clock);
  return () => ({
    revocation: withinTime(revocation, TIME_FOR_REVOCATION, clock),
    ...(getRevocationStatus !== undefined && { getRevocationStatus }),
  });
}
