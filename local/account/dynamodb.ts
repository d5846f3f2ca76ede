import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
  type TableDescription,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { answers, type LocalService, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { applyUpdate, holds, project } from './dynamodb-evaluate.ts';
import type { Condition, UpdateAction } from './dynamodb-expression.ts';
import { checkKeyCondition } from './dynamodb-key-condition.ts';
import { batchGet, projected, readPage } from './dynamodb-reads.ts';
import { Request } from './dynamodb-request.ts';
import { noteRow } from './dynamodb-rows.ts';
import { Table } from './dynamodb-table.ts';
import { type Item, normalizeItem, validationError } from './dynamodb-values.ts';

/** Amazon DynamoDB: tables with sparse global indexes and single-item writes. Transactions are missing on purpose: nothing here may need them. */
export function createDynamodb(context: AccountContext): LocalService {
  const tables = new Map<string, Table>();

  function find(name: string | undefined): Table {
    const table = tables.get(name?.replace(/^arn:.*:table\//, '') ?? '');
    if (table === undefined) throw refusal(ResourceNotFoundException, 'Requested resource not found');
    return table;
  }

  const operations: [string, Operation][] = [
    answers(CreateTableCommand, (input) => {
      if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(input.TableName ?? '')) {
        throw validationError('TableName must be between 3 and 255 characters: a-z, A-Z, 0-9, "_", "-" and "."');
      }
      if (tables.has(input.TableName ?? '')) {
        throw refusal(ResourceInUseException, `Table already exists: ${input.TableName}`);
      }
      const table = new Table(input, () => context.clock.now());
      tables.set(table.name, table);
      return { TableDescription: describeTable(context, table) };
    }),
    answers(DescribeTableCommand, ({ TableName }) => ({ Table: describeTable(context, find(TableName)) })),
    answers(UpdateTimeToLiveCommand, ({ TableName, TimeToLiveSpecification }) => {
      find(TableName).expiry = TimeToLiveSpecification?.Enabled ? TimeToLiveSpecification.AttributeName : undefined;
      return { TimeToLiveSpecification };
    }),
    answers(GetItemCommand, (input) => {
      const request = new Request(input);
      const projection = request.projection(input.ProjectionExpression);
      request.checkComplete();
      const item = find(input.TableName).get(normalizeItem(input.Key ?? {}));
      return item === undefined ? {} : { Item: projected(item, projection) };
    }),
    answers(BatchGetItemCommand, (input) => batchGet(context, find, input.RequestItems ?? {})),
    answers(PutItemCommand, (input) => {
      const request = new Request(input);
      const condition = request.condition(input.ConditionExpression);
      request.checkComplete();
      const table = find(input.TableName);
      const item = normalizeItem(input.Item ?? {});
      table.keyOf(item, false);
      const old = table.get(table.keyPartOf(item));
      checkCondition(condition, old, input.ReturnValuesOnConditionCheckFailure);
      table.put(item, 'put');
      noteRow(context, old, item);
      return input.ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
    }),
    answers(UpdateItemCommand, (input) => {
      const request = new Request(input);
      const actions = request.update(input.UpdateExpression);
      const condition = request.condition(input.ConditionExpression);
      request.checkComplete();
      const table = find(input.TableName);
      const key = normalizeItem(input.Key ?? {});
      const old = table.get(key);
      checkCondition(condition, old, input.ReturnValuesOnConditionCheckFailure);
      checkKeysUntouched(table, actions);
      const updated = applyUpdate(actions, old ?? key);
      table.put(updated, 'update');
      noteRow(context, old, updated);
      return returnedAttributes(input.ReturnValues, actions, old ?? {}, updated);
    }),
    answers(DeleteItemCommand, (input) => {
      const request = new Request(input);
      const condition = request.condition(input.ConditionExpression);
      request.checkComplete();
      const table = find(input.TableName);
      const key = normalizeItem(input.Key ?? {});
      const old = table.get(key);
      checkCondition(condition, old, input.ReturnValuesOnConditionCheckFailure);
      table.delete(key);
      return input.ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
    }),
    answers(QueryCommand, (input) => {
      const table = find(input.TableName);
      const request = new Request(input);
      const parsed = request.parse('KeyConditionExpression', input.KeyConditionExpression)?.parseCondition();
      if (parsed === undefined)
        throw validationError('Either the KeyConditions or KeyConditionExpression parameter must be specified');
      const schema = input.IndexName === undefined ? table.key : table.indexes.get(input.IndexName);
      if (schema === undefined)
        throw validationError(`The table does not have the specified index: ${input.IndexName}`);
      const { partition, sort } = checkKeyCondition(parsed, schema);
      return readPage(table, request, input, {
        partition,
        accepts: (item) => sort === undefined || holds(sort, item),
        backward: input.ScanIndexForward === false,
      });
    }),
    answers(ScanCommand, (input) =>
      readPage(find(input.TableName), new Request(input), input, {
        partition: undefined,
        accepts: () => true,
        backward: false,
      }),
    ),
  ];
  const throttled = () =>
    refusal(
      ProvisionedThroughputExceededException,
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    );
  return { name: 'dynamodb', operations: new Map(operations), throttled };
}

function checkCondition(condition: Condition | undefined, old: Item | undefined, returned: string | undefined): void {
  if (condition === undefined || holds(condition, old ?? {})) return;
  throw new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { httpStatusCode: 400 },
    ...(returned === 'ALL_OLD' && old !== undefined && { Item: structuredClone(old) }),
  });
}

function checkKeysUntouched(table: Table, actions: readonly UpdateAction[]): void {
  for (const { path } of actions) {
    if (path[0] === table.key.partition || path[0] === table.key.sort) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${path[0]}. This attribute is part of the key`,
      );
    }
  }
}

function returnedAttributes(
  asked: UpdateItemCommandInput['ReturnValues'],
  actions: readonly UpdateAction[],
  old: Item,
  updated: Item,
): { Attributes?: Item } {
  const touched = actions.map(({ path }) => path);
  const attributes =
    asked === 'ALL_OLD'
      ? old
      : asked === 'ALL_NEW'
        ? updated
        : asked === 'UPDATED_OLD'
          ? project(old, touched)
          : asked === 'UPDATED_NEW'
            ? project(updated, touched)
            : {};
  return Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
}

function describeTable(context: AccountContext, table: Table): TableDescription {
  const { partition, sort } = table.key;
  return {
    TableName: table.name,
    TableArn: `arn:aws:dynamodb:${context.region}:${context.id}:table/${table.name}`,
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date(table.createdAt),
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
    ],
  };
}
