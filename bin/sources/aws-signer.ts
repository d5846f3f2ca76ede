import { partitionOf } from '../../lambdas/core/aws-names.ts';
import type { GetRevocationStatus } from '../../lambdas/core/signature/notation/signer/revocation-status.ts';
import type { Io } from '../commands/command.ts';

/**
 * Asks AWS Signer about revocation with the credentials of the environment, as the deployed functions do with their role's. The SDK is loaded once a signature of
 * AWS Signer asks for it. AWS_REGION says which partition the credentials are of; without one it is the commercial one.
 */
export function askAwsSigner(io: Io): GetRevocationStatus {
  let asking: Promise<GetRevocationStatus> | undefined;
  return async (request) => {
    asking ??= load(io);
    return (await asking)(request);
  };
}

async function load({ environment, signerIn, clock }: Io): Promise<GetRevocationStatus> {
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? '';
  const { signerRevocation } = await import('../../lambdas/aws/signer-revocation.ts');
  const real = signerIn ?? (await import('../../lambdas/aws/clients/signer.ts')).signerIn;
  return signerRevocation(real, partitionOf(region), clock ?? Date.now);
}
