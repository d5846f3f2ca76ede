import { ECRServiceException } from '@aws-sdk/client-ecr';
import { IAMServiceException } from '@aws-sdk/client-iam';
import { S3ServiceException } from '@aws-sdk/client-s3';
import type { EmbeddedAccount } from '../account/types.ts';

/** A rate of 90 % lets one of ten attempts through, and the SDK makes three of them for each of these. */
const MOST_TRIES = 200;
const THROTTLED = ['ThrottlingException', 'Throttling', 'SlowDown'];

/** The account as somebody sees it who tries again, however often AWS says that this is too fast. */
export function withPatience(account: EmbeddedAccount): EmbeddedAccount {
  const { ecr, iam, s3 } = account.clients;
  return { ...account, clients: { ...account.clients, ecr: patient(ecr), iam: patient(iam), s3: patient(s3) } };
}

function patient<Client extends { send(...args: never[]): unknown }>(client: Client): Client {
  return new Proxy(client, {
    get: (target, property) =>
      property === 'send'
        ? (...args: Parameters<Client['send']>) => retryThrottled(() => target.send(...args))
        : Reflect.get(target, property),
  });
}

async function retryThrottled<T>(call: () => T): Promise<Awaited<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isThrottled(error) || tries >= MOST_TRIES) throw error;
    }
  }
}

function isThrottled(error: unknown): boolean {
  const ofService =
    error instanceof ECRServiceException || error instanceof IAMServiceException || error instanceof S3ServiceException;
  return ofService && THROTTLED.includes(error.name);
}
