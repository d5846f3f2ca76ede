import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { isPlanId, type PlanId } from '../core/ledger/plan.ts';
import { LedgerError, type LedgerRecord, verifyRecord } from '../core/ledger/record.ts';
import { readRow } from './ledger-store.ts';

/** A row of the ledger, or why it is none to build on. */
export type ListedPlan =
  | { readonly id: PlanId; readonly record: LedgerRecord }
  | { readonly id: PlanId; readonly broken: LedgerError };

/** A page of DynamoDB is 1 MB, some 200 plans. */
const MOST_PAGES = 500;

/**
 * All plans of a ledger, page by page, each held against its own history. For people: no function has the right to scan. Throws `too-long` after 500 pages, and
 * what the client throws.
 */
export async function* listPlans(
  dynamodb: DynamoDBDocumentClient,
  table: string,
): AsyncIterable<readonly ListedPlan[]> {
  let from: Record<string, unknown> | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { TableName: table, ...(from !== undefined && { ExclusiveStartKey: from }) };
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(new ScanCommand(input));
    // The rows of limits are beside those of plans.
    yield Items.flatMap((item) => (isPlanId(item.plan) ? [readListed(item.plan, item)] : []));
    if (LastEvaluatedKey === undefined) return;
    from = LastEvaluatedKey;
  }
  throw new LedgerError('too-long', `the ledger has more than ${MOST_PAGES} pages`);
}

function readListed(id: PlanId, item: Record<string, unknown>): ListedPlan {
  try {
    const record = readRow(id, item);
    verifyRecord(record);
    return { id, record };
  } catch (thrown) {
    if (thrown instanceof LedgerError) return { id, broken: thrown };
    throw thrown;
  }
}
