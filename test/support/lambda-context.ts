import type { Context } from 'aws-lambda';

/** What Lambda tells a function about itself; time enough is left. */
export function lambdaContext(functionName: string): Context {
  const refuse = () => {
    throw new Error('callback-style handlers are not supported');
  };
  return {
    ...{ callbackWaitsForEmptyEventLoop: true, functionName, functionVersion: '$LATEST', memoryLimitInMB: '256' },
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
    ...{ awsRequestId: 'r', logGroupName: `/aws/lambda/${functionName}`, logStreamName: 'test' },
    getRemainingTimeInMillis: () => 60_000,
    ...{ done: refuse, fail: refuse, succeed: refuse },
  };
}
