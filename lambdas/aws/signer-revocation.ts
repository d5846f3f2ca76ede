import { GetRevocationStatusCommand, type SignerClient } from '@aws-sdk/client-signer';
import { messageOf } from '../core/errors.ts';
import type {
  GetRevocationStatus,
  SignerRevocationAnswer,
  SignerRevocationRequest,
} from '../core/signature/notation/signer/revocation-status.ts';

/** Gives a client of AWS Signer for a region. */
export type SignerIn = (region: string) => SignerClient;

/** Answers kept in memory, and for how long, milliseconds: what AWS Signer has not revoked now is good for an hour. */
const MOST_KEPT = 500;
const KEEP = 3_600_000;

/**
 * Asks AWS Signer about revocation in the region that the signature names. A signature of another partition cannot be asked about: its Signer does not know our
 * credentials. `partition` is our own; `clock` gives Unix milliseconds.
 */
export function signerRevocation(signerIn: SignerIn, partition: string, clock: () => number): GetRevocationStatus {
  const clients = new Map<string, SignerClient>();
  const kept = new Map<string, { readonly answer: SignerRevocationAnswer; readonly until: number }>();

  return async (request) => {
    if (request.partition !== partition) {
      return { kind: 'unavailable', reason: `it signed in the partition ${request.partition}, this is ${partition}` };
    }
    const key = JSON.stringify(request);
    const known = kept.get(key);
    if (known !== undefined && known.until > clock()) return known.answer;
    const client = clients.get(request.region) ?? signerIn(request.region);
    clients.set(request.region, client);
    const answer = await ask(client, request);
    if (answer.kind === 'answered') keep(key, answer);
    return answer;
  };

  function keep(key: string, answer: SignerRevocationAnswer): void {
    kept.delete(key);
    kept.set(key, { answer, until: clock() + KEEP });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }
}

async function ask(client: SignerClient, request: SignerRevocationRequest): Promise<SignerRevocationAnswer> {
  const { partition: _partition, region, certificateHashes, ...rest } = request;
  try {
    const command = new GetRevocationStatusCommand({ ...rest, certificateHashes: [...certificateHashes] });
    const { revokedEntities = [] } = await client.send(command);
    return { kind: 'answered', revokedEntities };
  } catch (thrown) {
    return { kind: 'unavailable', reason: explain(thrown, request) };
  }
}

/** What an operator has to put right, in words. */
function explain(thrown: unknown, { profileVersionArn, region }: SignerRevocationRequest): string {
  const name = thrown instanceof Error ? thrown.name : '';
  if (/AccessDenied|UnrecognizedClient|InvalidClientToken|InvalidSignature/.test(name)) {
    return `no right to signer:GetRevocationStatus on ${profileVersionArn} in ${region}: it has to be allowed to this role, and by the profile for other accounts`;
  }
  if (/ExpiredToken/.test(name)) return 'the AWS credentials have expired';
  if (/CredentialsProviderError|TokenProviderError/.test(name)) {
    return 'there are no AWS credentials: some that allow signer:GetRevocationStatus are needed';
  }
  return messageOf(thrown).slice(0, 200);
}
