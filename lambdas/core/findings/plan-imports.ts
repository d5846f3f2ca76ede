import { messageOf, type Reason } from '../errors.ts';
import { type AsffFinding, findingMessage } from './asff.ts';

/** A message of the findings queue. */
export interface FindingRecord {
  readonly messageId: string;
  readonly body: string;
}

/** A finding with the message it came in. */
export interface Delivery {
  readonly messageId: string;
  readonly body: string;
  readonly finding: AsffFinding;
}

/** What to do with the messages of one invocation. Messages that are in neither list are done: a newer finding of the same id supersedes them. */
export interface ImportPlan {
  readonly batches: readonly (readonly Delivery[])[];
  readonly refused: readonly { readonly record: FindingRecord; readonly reason: Reason }[];
}

/** Security Hub quotas: 100 findings and 6 MB a call, 240 KB a finding. */
const MOST_FINDINGS = 100;
const LARGEST_BATCH = 6_000_000;
const LARGEST_FINDING = 240 * 1024;

/**
 * Sorts messages into batches that Security Hub takes: findings of `account` and `region`, each id once and in its newest version (Security Hub silently ignores
 * older ones). What is no finding, too large, or of another account is refused with the reason.
 */
export function planImports(
  records: readonly FindingRecord[],
  own: { readonly account: string; readonly region: string },
): ImportPlan {
  const newest = new Map<string, Delivery>();
  const refused: { record: FindingRecord; reason: Reason }[] = [];
  for (const record of records) {
    const read = readFinding(record, own);
    if ('code' in read) {
      refused.push({ record, reason: read });
      continue;
    }
    const known = newest.get(read.Id);
    if (known === undefined || Date.parse(known.finding.UpdatedAt) < Date.parse(read.UpdatedAt)) {
      newest.set(read.Id, { ...record, finding: read });
    }
  }
  return { batches: fillBatches([...newest.values()]), refused };
}

function readFinding(record: FindingRecord, own: { account: string; region: string }): AsffFinding | Reason {
  if (Buffer.byteLength(record.body) > LARGEST_FINDING) {
    return { code: 'finding-too-large', message: 'the finding is larger than 240 KB' };
  }
  let json: unknown;
  try {
    json = JSON.parse(record.body);
  } catch (thrown) {
    return { code: 'not-json', message: `the message is not JSON: ${messageOf(thrown).slice(0, 100)}` };
  }
  const parsed = findingMessage.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      code: 'malformed-finding',
      message: `${issue?.path.join('.').slice(0, 200)}: ${issue?.message.slice(0, 200)}`,
    };
  }
  const { finding } = parsed.data;
  if (finding.AwsAccountId !== own.account || finding.Region !== own.region) {
    return { code: 'foreign-account', message: `the finding belongs to ${finding.AwsAccountId} in ${finding.Region}` };
  }
  return finding;
}

function fillBatches(deliveries: readonly Delivery[]): readonly (readonly Delivery[])[] {
  const batches: Delivery[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const delivery of deliveries) {
    const bytes = Buffer.byteLength(delivery.body);
    const current = batches.at(-1);
    if (current === undefined || current.length >= MOST_FINDINGS || size + bytes > LARGEST_BATCH) {
      batches.push([delivery]);
      size = bytes;
    } else {
      current.push(delivery);
      size += bytes;
    }
  }
  return batches;
}
