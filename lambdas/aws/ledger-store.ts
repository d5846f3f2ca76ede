import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { isDigest } from '../core/digest.ts';
import type { Reason } from '../core/errors.ts';
import { ledgerEvent } from '../core/ledger/event.ts';
import { type Limit, takeRoom, type Use } from '../core/ledger/limits.ts';
import { type PlanId, plan, planId } from '../core/ledger/plan.ts';
import { LedgerError, type LedgerRecord } from '../core/ledger/record.ts';

const digest = z.string().refine(isDigest);
const stepState = z.union([
  z.strictObject({ at: z.enum(['pending', 'done', 'kept', 'undone']) }),
  z.strictObject({ at: z.enum(['started', 'undo-started']), since: z.number() }),
]);
const body = z.strictObject({
  plan,
  progress: z.strictObject({
    state: z.enum([
      'proposed',
      'approved',
      'auto',
      'denied',
      'expired',
      'applying',
      'applied',
      'verified',
      'failed',
      'undoing',
      'undone',
    ]),
    steps: z.array(stepState),
  }),
  history: z.array(z.strictObject({ event: ledgerEvent, previous: digest, digest })).min(1),
});
const row = z.object({ plan: z.string(), revision: z.number().int().positive(), body: z.string() });
const uses = z.object({
  revision: z.number().int().positive(),
  uses: z.array(z.object({ plan: z.string(), at: z.number() })),
});

const holders = z.object({ revision: z.number().int().positive(), plans: z.array(planId) });
/** More containments of one principal at a time are none that anybody could follow. */
const MOST_HOLDERS = 20;

/** The ledger: one DynamoDB item for each plan, and one for each limit. Writes are single-item and conditional. */
export interface LedgerStore {
  /** Throws `malformed-row` where the row is not one. Whether its history holds is for `verifyRecord` to say. */
  read(id: PlanId): Promise<LedgerRecord | undefined>;
  /** Stores a plan that is new. False where it is there already, in whatever state. */
  open(record: LedgerRecord): Promise<boolean>;
  /** Stores what follows `previous`. False where another writer came first. */
  write(record: LedgerRecord, previous: LedgerRecord): Promise<boolean>;
  /** Notes that a plan holds a resource for a time, before the plan is opened: whoever watches the resource finds it by that. */
  hold(resource: string, id: PlanId): Promise<void>;
  /** The plans that hold a resource or held it, the newest at the end. What they do now is in their rows. */
  readHeld(resource: string): Promise<readonly PlanId[]>;
  /** Takes room for a plan within a limit, or says that there is none. */
  take(limit: Limit, use: Use): Promise<Reason | undefined>;
}

/** Other writers of a limit are other plans that begin at this moment: a handful. */
const MOST_ROUNDS = 5;

export function ledgerStore(dynamodb: DynamoDBDocumentClient, table: string): LedgerStore {
  const get = async (key: string) => {
    const { Item } = await dynamodb.send(
      new GetCommand({ TableName: table, Key: { plan: key }, ConsistentRead: true }),
    );
    return Item;
  };
  const put = async (item: Record<string, unknown>, known: number | undefined) => {
    const condition =
      known === undefined
        ? { ConditionExpression: 'attribute_not_exists(#plan)', ExpressionAttributeNames: { '#plan': 'plan' } }
        : { ConditionExpression: 'revision = :known', ExpressionAttributeValues: { ':known': known } };
    try {
      await dynamodb.send(new PutCommand({ TableName: table, Item: item, ...condition }));
      return true;
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) return false;
      throw thrown;
    }
  };

  const readHolders = async (resource: string) => {
    const item = await get(`held ${resource}`);
    return item === undefined ? undefined : holders.parse(item);
  };

  return {
    async hold(resource, id) {
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const known = await readHolders(resource);
        if (known?.plans.includes(id)) return;
        const plans = [...(known?.plans ?? []), id].slice(-MOST_HOLDERS);
        const next = { plan: `held ${resource}`, revision: (known?.revision ?? 0) + 1, plans };
        if (await put(next, known?.revision)) return;
      }
      throw new LedgerError('contended', `the holders of ${resource} were written by others ${MOST_ROUNDS} times`);
    },
    readHeld: async (resource) => (await readHolders(resource))?.plans ?? [],
    async read(id) {
      const item = await get(id);
      return item === undefined ? undefined : readRow(id, item);
    },
    open: (record) => put(writeRow(record), undefined),
    write: (record, previous) => put(writeRow(record), previous.history.length),
    async take(limit, use) {
      const key = `limit ${limit.scope}`;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const item = await get(key);
        const known = item === undefined ? undefined : uses.parse(item);
        const room = takeRoom(known?.uses ?? [], use, limit);
        if (!room.ok) return room.reason;
        const expiresAt = Math.ceil((use.at + limit.within) / 1000) + 86_400;
        const next = { plan: key, revision: (known?.revision ?? 0) + 1, uses: room.uses, expiresAt };
        if (await put(next, known?.revision)) return undefined;
      }
      throw new LedgerError('contended', `the limit ${limit.scope} was written by others ${MOST_ROUNDS} times`);
    },
  };
}

/** The body is text: what the digests of the history are over comes back to the letter. */
function writeRow(record: LedgerRecord): Record<string, unknown> {
  const { plan: content, progress, history } = record;
  return {
    plan: content.id,
    resource: content.resource,
    state: progress.state,
    revision: history.length,
    body: JSON.stringify({ plan: content, progress, history }),
  };
}

/** The plan in a row. Throws `malformed-row` where it is none, or another one. */
export function readRow(id: PlanId, item: Record<string, unknown>): LedgerRecord {
  const parsed = row.safeParse(item);
  const read = parsed.success ? body.safeParse(parseJson(parsed.data.body)) : undefined;
  // The condition of a write is on the revision: it has to be that of the history.
  if (
    !parsed.success ||
    !read?.success ||
    read.data.plan.id !== id ||
    read.data.history.length !== parsed.data.revision
  ) {
    throw new LedgerError('malformed-row', `the row ${id} is not a plan with its history`);
  }
  return read.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no record: the schema refuses undefined.
    return undefined;
  }
}
