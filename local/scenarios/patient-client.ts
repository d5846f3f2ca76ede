import { type ECRClient, ECRServiceException } from '@aws-sdk/client-ecr';
import type { EmbeddedAccount } from '../account/types.ts';

/** A rate of 90 % lets one of ten attempts through, and the SDK makes three of them for each of these. */
const MOST_TRIES = 200;

/** The account as somebody sees it who pushes an image and tries again, however often ECR says that this is too fast. */
export function withPatientPushes(account: EmbeddedAccount): EmbeddedAccount {
  const { ecr } = account.clients;
  const patient: ECRClient = new Proxy(ecr, {
    get: (target, property) =>
      property === 'send'
        ? (...args: Parameters<ECRClient['send']>) => retryThrottled(() => target.send(...args))
        : Reflect.get(target, property),
  });
  return { ...account, clients: { ...account.clients, ecr: patient } };
}

async function retryThrottled<T>(call: () => T): Promise<Awaited<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const throttled = error instanceof ECRServiceException && error.name === 'ThrottlingException';
      if (!throttled || tries >= MOST_TRIES) throw error;
    }
  }
}
