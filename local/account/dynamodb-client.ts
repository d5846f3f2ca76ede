import type { DynamoDBDocumentClient, ServiceOutputTypes } from '@aws-sdk/lib-dynamodb';
import { callService, type LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';
import { type Item, toNativeItem } from './dynamodb-values.ts';

/**
 * Lets a document client end in `service`. Commands of the document client are marshalled on the way by the SDK itself, right before the request is
 * serialized, so the answer comes after that step; plain DynamoDB commands sent through the same client pass unchanged, and get plain answers.
 */
export function answerDynamodbLocally(
  client: DynamoDBDocumentClient,
  context: AccountContext,
  service: LocalService,
): void {
  const inputs = new WeakMap<object, object>();
  client.middlewareStack.add(
    (next, execution) => (args) => {
      inputs.set(execution, args.input);
      return next(args);
    },
    { step: 'initialize', priority: 'low', name: 'embeddedAccountInput' },
  );
  client.middlewareStack.add(
    (_next, execution) => async (args) => {
      const output = await callService(context, service, execution, args.input, await client.config.maxAttempts());
      const isDocument = inputs.get(execution) !== args.input;
      // `answers` tied the output of each command to its type.
      return { output: (isDocument ? toDocumentOutput(output) : output) as ServiceOutputTypes, response: {} };
    },
    { step: 'serialize', priority: 'low', name: 'embeddedAccount' },
  );
}

interface ItemOutput {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly LastEvaluatedKey?: Item;
  readonly Items?: readonly Item[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly Item[] }>>;
}

/** The output of an operation with its items as plain JavaScript values. */
function toDocumentOutput(output: ItemOutput): object {
  const { Item: item, Attributes, LastEvaluatedKey, Items, Responses, UnprocessedKeys } = output;
  return {
    ...output,
    ...(item && { Item: toNativeItem(item) }),
    ...(Attributes && { Attributes: toNativeItem(Attributes) }),
    ...(LastEvaluatedKey && { LastEvaluatedKey: toNativeItem(LastEvaluatedKey) }),
    ...(Items && { Items: Items.map(toNativeItem) }),
    ...(Responses && { Responses: mapValues(Responses, (items) => items.map(toNativeItem)) }),
    ...(UnprocessedKeys && {
      UnprocessedKeys: mapValues(UnprocessedKeys, (asked) => ({ ...asked, Keys: asked.Keys?.map(toNativeItem) })),
    }),
  };
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
