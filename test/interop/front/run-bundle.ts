import { pathToFileURL } from 'node:url';
import { z } from 'zod';

/** The other side of `startFunction`: loads a bundle as Lambda's Node.js runtime does, once, and invokes its handler with each message of the parent. */

const invocation = z.object({
  event: z.unknown(),
  functionArn: z.string(),
  requestId: z.string(),
  milliseconds: z.number(),
});
const bundle = z.object({
  handler: z.custom<(event: unknown, context: object) => Promise<unknown>>((value) => typeof value === 'function'),
});

const { handler } = bundle.parse(await import(pathToFileURL(process.argv[2] ?? '').href));

process.on('message', (message) => {
  const { event, functionArn, requestId, milliseconds } = invocation.parse(message);
  const end = Date.now() + milliseconds;
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
  };
  handler(event, context).then(
    (result) => process.send?.({ result }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.send?.({ ready: true });
