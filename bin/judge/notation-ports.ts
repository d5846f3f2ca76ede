import { revocationPorts } from '../../lambdas/aws/revocation-ports.ts';
import type { NotationPorts } from '../../lambdas/core/images/verify-notation.ts';
import type { Io } from '../commands/command.ts';
import { askAwsSigner } from '../sources/aws-signer.ts';

/** Whom the command line asks about revocation: OCSP responders and CRLs as certificates name them, and AWS Signer. */
export function notationPorts(io: Io): NotationPorts {
  const revocation = revocationPorts(io.fetch ?? fetch, io.clock ?? Date.now);
  return { revocation, getRevocationStatus: askAwsSigner(io) };
}
