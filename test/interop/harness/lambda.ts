import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { findFunction } from '../../support/template.ts';
import { ACCOUNT, awsEnvironment } from './moto.ts';
import { PeerError, type Processes } from './processes.ts';
import { REGION, type Synthesized } from './synthesis.ts';

/** A deployed bundle in a process of its own, with the environment that Lambda would give it. */
export interface DeployedFunction {
  readonly name: string;
  invoke(event: unknown): Promise<unknown>;
}

const settings = z.object({ FunctionName: z.string(), Timeout: z.number(), MemorySize: z.number() });
const SCRIPT = fileURLToPath(new URL('../front/run-bundle.ts', import.meta.url));

/** Starts the bundle of a function of `lambdas/`, as CDK would upload it; `variables` are those of the deployed function. */
export async function startFunction(
  processes: Processes,
  synthesized: Synthesized,
  name: string,
  endpoint: string,
  variables: Readonly<Record<string, string>>,
): Promise<DeployedFunction> {
  const [, { Properties }] = findFunction(synthesized.template, name);
  const { FunctionName, Timeout, MemorySize } = settings.parse(Properties);
  const bundle = synthesized.bundleOf(name);
  const child = processes.fork(name, SCRIPT, [join(bundle, 'index.mjs')], {
    // Defined runtime environment variables (Lambda developer guide)
    PATH: process.env.PATH,
    TZ: ':UTC',
    _HANDLER: 'index.handler',
    LAMBDA_TASK_ROOT: bundle,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${FunctionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    _X_AMZN_TRACE_ID: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    ...awsEnvironment(endpoint),
    ...variables,
  });
  await nextAnswer(child, name);
  return {
    name,
    invoke: async (event) => {
      const answer = nextAnswer(child, name);
      child.send({
        event,
        functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FunctionName}`,
        requestId: randomUUID(),
        milliseconds: Timeout * 1000,
      });
      const { error, result } = await answer;
      if (error !== undefined) throw new PeerError(`${name}: ${error}`);
      return result;
    },
  };
}

const answers = z.object({ error: z.string().optional(), result: z.unknown().optional() });

function nextAnswer(child: ChildProcess, name: string): Promise<z.infer<typeof answers>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new PeerError(`${name} ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      const parsed = answers.safeParse(message);
      if (parsed.success) resolve(parsed.data);
      else reject(parsed.error);
    });
  });
}

const response = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

/** One round of what Lambda's poller does: takes the messages that are there, invokes the function, and deletes those that it did not fail. Returns how many. */
export async function pollOnce(
  sqs: SQSClient,
  QueueUrl: string,
  target: DeployedFunction,
  change: (body: string) => string = (body) => body,
): Promise<number> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  if (Messages.length === 0) return 0;
  const Records = Messages.map((message) => toRecord(message, QueueUrl, change));
  const { batchItemFailures } = response.parse(await target.invoke({ Records }));
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId = '', ReceiptHandle } of Messages) {
    if (!failed.has(MessageId)) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.length;
}

function toRecord(
  { MessageId, ReceiptHandle, Body = '', Attributes, MD5OfBody }: Message,
  queueUrl: string,
  change: (body: string) => string,
) {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: change(Body),
    attributes: Attributes,
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queueUrl.slice(queueUrl.lastIndexOf('/') + 1)}`,
    awsRegion: REGION,
  };
}
