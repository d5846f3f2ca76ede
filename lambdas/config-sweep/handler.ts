import type { Context } from 'aws-lambda';
import { listResults, listRules } from '../aws/config-rules.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction } from '../aws/function-frame.ts';
import { sendConfigRecheck } from '../aws/queues.ts';
import { resultStore } from '../aws/result-store.ts';
import { takeTurns } from '../aws/take-turns.ts';
import type { Wiring } from '../aws/wiring.ts';
import { compareResults, type HeldFault } from '../core/controls/compare-results.ts';
import type { ConfigRule } from '../core/controls/config-result.ts';
import type { FoundResult } from '../core/events/config-recheck.ts';
import { describeEnds } from './describe-ends.ts';

export interface ConfigSweepResult {
  readonly rules: number;
  readonly faults: number;
  readonly messages: number;
  /** What is left for the next run. */
  readonly backlog: number;
}

/** Rules that are read at the same time. */
const AT_ONCE = 4;
/** Messages of one run: the recorder tells some 3 a second, and what is not told in half an hour is a dead letter. */
const MOST_MESSAGES = 2000;
/** Seconds over which they are spread (SQS API Reference, SendMessage: DelaySeconds). */
const SPREAD = 900;

/**
 * Compares the faults that Config holds with those that are told, and hands the reaction what differs: results whose event was lost, or that were there before the first
 * deployment, and ends of results and rules. All of it carries the time at which the run began: what Config records meanwhile is newer.
 */
export function createHandler(
  wiring: Wiring<'sqs' | 'dynamodb' | 'awsConfig'>,
): (event: unknown, context: Context) => Promise<ConfigSweepResult> {
  const { clients, environment, clock } = wiring;
  const queueUrl = requireVariable(environment, 'CONFIG_QUEUE_URL');
  const store = resultStore(clients.dynamodb, requireVariable(environment, 'RESULT_TABLE'), clock);
  const ownRules = new Set((environment.OWN_RULE_ARNS ?? '').split(','));

  return frameFunction(environment, async (_event: unknown, telemetry) => {
    const at = clock();
    const told = await store.listOpen();
    const rules = (await listRules(clients.awsConfig)).filter(({ arn }) => !ownRules.has(arn));
    const held = await readFaults(rules);
    const { untold, over } = compareResults(held, told, at);
    const ends = await describeEnds(clients.awsConfig, over.slice(0, MOST_MESSAGES), at);
    const faults = untold.slice(0, MOST_MESSAGES - ends.length).map(
      ({ rule, resource }): FoundResult => ({
        resource,
        arrival: { kind: 'result', rule, compliance: 'NON_COMPLIANT', at },
      }),
    );
    // What was told too much goes first.
    const found = [...ends, ...faults];
    for (const one of found) {
      await sendConfigRecheck(clients.sqs, queueUrl, one, Math.floor(wiring.random() * Math.min(SPREAD, found.length)));
    }
    const backlog = over.length + untold.length - found.length;
    telemetry.count('ConfigSweepCompleted');
    telemetry.count('ConfigSweepMessages', found.length);
    telemetry.count('ConfigSweepBacklog', backlog);
    const result = { rules: rules.length, faults: held.length, messages: found.length, backlog };
    telemetry.info('config sweep', result);
    return result;
  });

  async function readFaults(rules: readonly ConfigRule[]): Promise<readonly HeldFault[]> {
    const inTurn = takeTurns(AT_ONCE);
    const read = async (rule: ConfigRule): Promise<readonly HeldFault[]> => {
      const [, , , region = '', account = ''] = rule.arn.split(':');
      const results = await listResults(clients.awsConfig, rule.name, ['NON_COMPLIANT']);
      return results.map(({ type, id, at: recordedAt }) => ({
        ...{ rule, recordedAt },
        resource: { type, id, account, region },
      }));
    };
    return (await Promise.all(rules.map((rule) => inTurn(() => read(rule))))).flat();
  }
}
