import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { driftStore } from '../aws/drift-store.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { ledgerStore } from '../aws/ledger-store.ts';
import type { SettingClients } from '../aws/plan-calls/settings/setting-adapter.ts';
import { sendRejected, sendResultNote } from '../aws/queues.ts';
import { resultStore } from '../aws/result-store.ts';
import { ruleIdentifiers } from '../aws/rule-identifiers.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { CompiledConfig } from '../core/config/compiled.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import type { ResourceIdentity } from '../core/controls/config-result.ts';
import { CountersignError } from '../core/errors.ts';
import { parseConfigEvent } from '../core/events/config-event.ts';
import { parseConfigRecheck } from '../core/events/config-recheck.ts';
import { describeRemedy } from '../core/findings/describe-remedy.ts';
import { describeResult } from '../core/findings/describe-result.ts';
import { describeOpenDrift } from '../core/iam/drift/describe-state.ts';
import { proposeRemedy, type RemedyParts } from './propose-remedy.ts';
import { readArrival } from './read-arrival.ts';
import { noteAsTold, storeArrival } from './store-arrival.ts';
import { gatherFacts } from './tell-result.ts';

/** Config tells Security Hub within five minutes as a rule, seconds: to look for its finding before would only be to look again. */
const FIRST_LOOK = 300;

/**
 * Works off the queue of AWS Config: each message becomes a result or a deletion or goes to the dead letters with its reason (parse), is put in order with what is known of
 * the resource (decide), and what follows is told beside the findings of Config (record). What a playbook would do is a plan in the ledger; nothing is changed here.
 */
export function createHandler(
  wiring: Wiring<'sqs' | 'dynamodb' | 'awsConfig' | keyof SettingClients>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients, clock } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const store = resultStore(clients.dynamodb, requireVariable(environment, 'RESULT_TABLE'), clock);
  const ownRules = new Set((environment.OWN_RULE_ARNS ?? '').split(','));
  const identifiers = ruleIdentifiers(clients.awsConfig);
  const trust = readDeployedTrust(wiring.readCompiledConfig);
  const drift =
    environment.DRIFT_TABLE === undefined ? undefined : driftStore(clients.dynamodb, environment.DRIFT_TABLE);

  /** What a message brings: from Config by its event, or from the sweep. Undefined where nothing follows from it. */
  async function readMessage(body: string, messageId: string, telemetry: Telemetry) {
    const found = parseConfigRecheck(body);
    if (found !== undefined) return { ...found, isSettled: true };
    const parsed = parseConfigEvent(body);
    if (parsed.outcome === 'event') return readArrival(parsed.event);
    await sendRejected(clients.sqs, rejectedQueueUrl, body, parsed.reason);
    telemetry.count('EventRejected');
    telemetry.info('event rejected', { messageId, code: parsed.reason.code });
    return undefined;
  }

  /** What is known of the resource besides: where IAM is watched, whether it is as it was signed. */
  async function describeKnown({ arn }: ResourceIdentity): Promise<readonly string[]> {
    const isOfIam = arn !== undefined && /^arn:[^:]+:iam::/.test(arn);
    const record = isOfIam ? await drift?.read(arn) : undefined;
    return record === undefined ? [] : [describeOpenDrift(record) ?? []].flat();
  }

  function remedies(config: CompiledConfig): RemedyParts | undefined {
    if (config.config?.playbooks === undefined) return undefined;
    const ledger = ledgerStore(clients.dynamodb, requireVariable(environment, 'LEDGER_TABLE'));
    return { wiring, ledger, planQueueUrl: requireVariable(environment, 'PLAN_QUEUE_URL'), config };
  }

  return frameRecords(environment, async ({ body, messageId }: SQSRecord, telemetry: Telemetry) => {
    const arriving = await readMessage(body, messageId, telemetry);
    if (arriving === undefined) return;
    if (!trust.usable || trust.config.config === undefined) {
      throw new CountersignError('no-configuration', 'the configuration cannot be used');
    }
    const { resource, arrival, isSettled } = arriving;
    // What our own rules say Security Hub has from us already.
    if (arrival.kind === 'result' && ownRules.has(arrival.rule.arn)) return;
    const stored = await storeArrival({ store, awsConfig: clients.awsConfig, identifiers }, resource, arrival);
    telemetry.count(stored.tell.length > 0 ? 'ResultTaken' : 'ResultRepeated');
    telemetry.info('config result', { messageId, kind: arrival.kind, outcome: stored.outcome });
    for (const result of stored.tell) {
      const parts = remedies(trust.config);
      const remedy = parts && (await proposeRemedy(resource, result, parts, telemetry));
      const facts = gatherFacts(resource, stored.identity, result, remedy);
      const said = remedy === undefined ? [] : [describeRemedy(remedy)];
      const known = [...said, ...(await describeKnown(stored.identity))];
      const note = describeResult({ ...facts, known, isSettled, now: clock() });
      const isNew = facts.state === 'failed' && !isSettled;
      await sendResultNote(clients.sqs, findingsQueueUrl, note, isNew ? FIRST_LOOK : 0);
    }
    // Noted after it was handed on: what a crash between the two tells twice changes nothing.
    await noteAsTold(store, resource, stored.tell);
  });
}
