import {
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  ListFunctionsCommand,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { answers, type LocalService, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';

/** AWS Lambda as far as one can see which functions are made from which images. The functions of a template run elsewhere and are not listed. */
export function createLambda(context: AccountContext): LocalService {
  const functions = new Map<string, { configuration: FunctionConfiguration; image: string }>();
  return {
    name: 'lambda',
    operations: new Map([
      answers(CreateFunctionCommand, ({ FunctionName = '', PackageType, Code }) => {
        const FunctionArn = `arn:aws:lambda:${context.region}:${context.id}:function:${FunctionName}`;
        const configuration = { FunctionName, FunctionArn, PackageType };
        functions.set(FunctionArn, { configuration, image: Code?.ImageUri ?? '' });
        return configuration;
      }),
      answers(ListFunctionsCommand, () => ({
        Functions: [...functions.values()].map(({ configuration }) => configuration),
      })),
      answers(GetFunctionCommand, ({ FunctionName = '' }) => {
        const found = functions.get(FunctionName);
        if (found === undefined) {
          throw new ResourceNotFoundException({
            message: `Function not found: ${FunctionName}`,
            Type: 'User',
            $metadata: { httpStatusCode: 404 },
          });
        }
        return { Configuration: found.configuration, Code: { RepositoryType: 'ECR', ImageUri: found.image } };
      }),
    ]),
    throttled: () => refusal(TooManyRequestsException, 'Rate exceeded', 429),
  };
}
