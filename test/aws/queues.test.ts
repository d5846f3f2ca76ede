import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { sendRechecks } from '../../lambdas/aws/queues.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { CountersignError } from '../../lambdas/core/errors.ts';
import { prepareAccount } from '../local/account/prepare.ts';
import type { RecordableClient } from '../support/recorded-calls.ts';

const images = Array.from({ length: 4 }, (_, number) => ({
  image: { account: '123456789012', region: 'eu-west-1', repository: 'acme/app', digest: digestOf(String(number)) },
  delay: 0,
}));

const batch = z.looseObject({ Entries: z.array(z.looseObject({ Id: z.string() })) });

/** A queue that refuses the first entry of each of so many batches; returns what it holds in the end and how often it was asked. */
async function send(refusals: number) {
  const { account } = prepareAccount();
  const { sqs } = account.clients;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'images' }));
  let batches = 0;
  const client: RecordableClient = sqs;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'SendMessageBatchCommand') return next(args);
      batches += 1;
      if (batches > refusals) return next(args);
      const [refused, ...taken] = batch.parse(args.input).Entries;
      if (taken.length > 0) await next({ ...args, input: { ...args.input, Entries: taken } });
      return { output: { Failed: [{ Id: refused?.Id, SenderFault: false, Code: 'InternalError' }] }, response: {} };
    },
    { step: 'initialize', name: 'refuse', priority: 'high', override: true },
  );
  const outcome = await sendRechecks(sqs, QueueUrl, images, 0).then(
    () => 'sent',
    (thrown: unknown) => (thrown instanceof CountersignError ? thrown.code : thrown),
  );
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  const digests = Messages.map(({ Body = '{}' }) => JSON.parse(Body).detail['image-digest']);
  return { outcome, batches, digests: digests.toSorted() };
}

const all = images.map(({ image }) => image.digest).toSorted();

test('what the queue does not take is sent again, and nothing twice', async () => {
  expect(await send(0)).toEqual({ outcome: 'sent', batches: 1, digests: all });
  expect(await send(2)).toEqual({ outcome: 'sent', batches: 3, digests: all });
});

test('what it refuses three times is told', async () => {
  const { outcome, batches, digests } = await send(9);

  expect(outcome).toBe('unsent');
  expect(batches).toBe(3);
  expect(digests).toHaveLength(3);
});
