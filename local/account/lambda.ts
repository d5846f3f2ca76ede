import {
  CreateFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvalidParameterValueException,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { answers, type LocalService, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';

interface LocalFunction {
  readonly configuration: FunctionConfiguration;
  readonly image: string;
  reserved?: number | undefined;
}

/** Concurrency of a region, and what must stay unreserved of it (Lambda Developer Guide, "Understanding Lambda function scaling"). */
const CONCURRENCY = { all: 1000, unreserved: 100 };

/** AWS Lambda as far as one can see which functions are made from which images, and what concurrency is reserved. The functions of a template run elsewhere and are not listed. */
export function createLambda(context: AccountContext): LocalService {
  const functions = new Map<string, LocalFunction>();
  const functionOf = (name = ''): LocalFunction => {
    const found = functions.get(name);
    if (found !== undefined) return found;
    throw new ResourceNotFoundException({
      message: `Function not found: ${name}`,
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
  };
  const reserve = (one: LocalFunction, reserved: number): void => {
    const others = [...functions.values()].filter((other) => other !== one);
    const taken = others.reduce((sum, other) => sum + (other.reserved ?? 0), 0) + reserved;
    if (taken > CONCURRENCY.all - CONCURRENCY.unreserved) {
      const message = `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${CONCURRENCY.unreserved}].`;
      throw refusal(InvalidParameterValueException, message);
    }
    one.reserved = reserved;
  };
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
      answers(GetFunctionCommand, ({ FunctionName }) => {
        const found = functionOf(FunctionName);
        return { Configuration: found.configuration, Code: { RepositoryType: 'ECR', ImageUri: found.image } };
      }),
      answers(GetFunctionConcurrencyCommand, ({ FunctionName }) => {
        const { reserved } = functionOf(FunctionName);
        return { ...(reserved !== undefined && { ReservedConcurrentExecutions: reserved }) };
      }),
      answers(PutFunctionConcurrencyCommand, ({ FunctionName, ReservedConcurrentExecutions = 0 }) => {
        reserve(functionOf(FunctionName), ReservedConcurrentExecutions);
        return { ReservedConcurrentExecutions };
      }),
      answers(DeleteFunctionConcurrencyCommand, ({ FunctionName }) => {
        functionOf(FunctionName).reserved = undefined;
        return {};
      }),
    ]),
    throttled: () => refusal(TooManyRequestsException, 'Rate exceeded', 429),
  };
}
