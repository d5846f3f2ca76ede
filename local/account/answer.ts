import type { HandlerExecutionContext, MetadataBearer, MiddlewareStack } from '@aws-sdk/types';
import { type AccountContext, happens, newId } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';

/** Answers one API operation: the output without `$metadata`, or throws the SDK's own exception. */
export type Operation = (input: object) => object;

/** One AWS service in memory. */
export interface LocalService {
  /** As IAM writes it: `ecr`, `sqs`. */
  readonly name: string;
  /** By name of the SDK command: `PutImageCommand`. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** The exception this service throttles with. */
  readonly throttled: () => Error;
}

interface CommandClass<Input extends object, Output extends object> {
  new (
    input: Input,
  ): { readonly input: Input; readonly middlewareStack: MiddlewareStack<Input, Output & MetadataBearer> };
  readonly name: string;
}

/** Binds the answer of an operation to its SDK command, which gives both their types. */
export function answers<Input extends object, Output extends MetadataBearer>(
  command: CommandClass<Input, Output>,
  answer: (input: Input) => Omit<Output, '$metadata'>,
): [string, Operation] {
  // The middleware below calls an operation only for the command of this name, whose constructor took this input.
  return [command.name, (input) => answer(input as Input)];
}

/** The part of an SDK client that is needed to answer in its place. */
export interface AnsweredClient<Inputs extends object, Outputs extends MetadataBearer> {
  readonly config: { readonly maxAttempts: () => Promise<number> };
  readonly middlewareStack: MiddlewareStack<Inputs, Outputs>;
}

/**
 * What a service answers to one call, throttling and its retries included: like the SDK's standard retry mode, at most the client's `maxAttempts`
 * attempts, but without the waiting between them. Throws the SDK's exceptions, and `unsupported-command` for what the account does not have.
 */
export async function callService(
  context: AccountContext,
  service: LocalService,
  execution: HandlerExecutionContext,
  input: object,
  maxAttempts: number,
): Promise<object> {
  const command = execution.commandName ?? 'unnamed command';
  const operation = service.operations.get(command);
  if (operation === undefined) {
    throw new EmbeddedAccountError('unsupported-command', `the embedded account has no ${service.name} ${command}`);
  }
  const call = `${service.name}:${command.replace(/Command$/, '')}`;
  // Other calls get their turn between the request and its answer, as they would on a network.
  await Promise.resolve();
  const trace = context.traces.ofInput(input);
  for (let attempt = 1; ; attempt += 1) {
    if (happens(context, context.faults.throttleRate)) {
      context.timeline.add('fault', trace, `${call} throttled`, { attempt });
      if (attempt < maxAttempts) continue;
      throw service.throttled();
    }
    try {
      const output = operation(input);
      context.timeline.add('api', trace, call, { attempts: attempt });
      context.runAfterwards();
      return { ...output, $metadata: { httpStatusCode: 200, requestId: newId(context), attempts: attempt } };
    } catch (error) {
      context.timeline.add('api', trace, `${call} refused: ${error instanceof Error ? error.name : 'error'}`, {
        attempts: attempt,
        message: error instanceof Error ? error.message : String(error),
      });
      context.runAfterwards();
      throw error;
    }
  }
}

/** Lets `client` end in `service` instead of the network. */
export function answerLocally<Inputs extends object, Outputs extends MetadataBearer>(
  client: AnsweredClient<Inputs, Outputs>,
  context: AccountContext,
  service: LocalService,
): void {
  client.middlewareStack.add(
    (_next, execution) => async (args) => {
      const maxAttempts = await client.config.maxAttempts();
      const output = await callService(context, service, execution, args.input, maxAttempts);
      // `answers` tied the output of each command to its type.
      return { output: output as Outputs, response: {} };
    },
    { step: 'initialize', priority: 'low', name: 'embeddedAccount' },
  );
}

/** The SDK's own exception, as its deserializer makes it from the service's answer. */
export function refusal<Refusal extends Error>(
  Exception: new (options: { message: string; $metadata: { httpStatusCode: number } }) => Refusal,
  message: string,
  httpStatusCode = 400,
): Refusal {
  return new Exception({ message, $metadata: { httpStatusCode } });
}
