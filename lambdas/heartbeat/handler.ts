import type { Context } from 'aws-lambda';
import { plantChange } from '../aws/canary.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction } from '../aws/function-frame.ts';
import { heartbeatStore } from '../aws/heartbeat-store.ts';
import { sendFinding } from '../aws/queues.ts';
import { readProductField } from '../aws/security-hub.ts';
import type { Wiring } from '../aws/wiring.ts';
import { partitionOf } from '../core/aws-names.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { describeHeartbeat, heartbeatFindingId, PLANTED_FIELD } from '../core/findings/heartbeat-finding.ts';
import { namePlanted } from '../core/iam/heartbeat/canary.ts';
import { CANARY_ROLE } from '../core/iam/heartbeat/canary-role.ts';
import { judgeHeartbeat } from '../core/iam/heartbeat/judge-heartbeat.ts';

export interface HeartbeatResult {
  readonly planted: string | undefined;
  readonly missed: boolean;
}

/**
 * Plants a change of IAM on a role that can do nothing, and looks in Security Hub whether the one before was reported in time: from CloudTrail over the rules, queues and
 * functions to the finding nothing may be dead without somebody knowing. What it writes in IAM is that one policy of that one role.
 */
export function createHandler(
  wiring: Wiring<'iam' | 'sqs' | 'dynamodb' | 'securityHub'>,
): (event: unknown, context: Context) => Promise<HeartbeatResult> {
  const { clients, environment, clock } = wiring;
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const store = heartbeatStore(clients.dynamodb, requireVariable(environment, 'DRIFT_TABLE'));
  const trust = readDeployedTrust(wiring.readCompiledConfig);

  return frameFunction(environment, async (_event: unknown, telemetry, context) => {
    const [, , , region = '', account = ''] = context.invokedFunctionArn.split(':');
    // Who cannot read the configuration has nothing to go by; the functions that decide say so.
    const { every, within } = trust.usable && trust.config.iam ? trust.config.iam.heartbeat : DEFAULT;
    const now = clock();
    const last = await store.read();
    const reported = last && (await readProductField(clients.securityHub, heartbeatFindingId(account), PLANTED_FIELD));
    const { missed, plant } = judgeHeartbeat(last, reported, now, { every: every * 1000, within: within * 1000 });
    if (missed && last !== undefined) {
      telemetry.count('HeartbeatMissed');
      telemetry.info('heartbeat missed', { planted: last.name });
      const resource = `arn:${partitionOf(region)}:iam::${account}:role/${CANARY_ROLE}`;
      const facts = { account, region, resource, state: 'missed', planted: last.name, now } as const;
      if (!last.missed) await sendFinding(clients.sqs, findingsQueueUrl, describeHeartbeat(facts));
    }
    const next = plant ? { name: namePlanted(now), at: now, missed } : last && { ...last, missed };
    // Noted before it is planted: what comes through sooner than that is waited for and not missed.
    if (next !== undefined) await store.write(next);
    if (plant && next !== undefined) await plantChange(clients.iam, next.name);
    telemetry.count('HeartbeatRun');
    return { planted: plant ? next?.name : undefined, missed };
  });
}

/** Seconds. */
const DEFAULT = { every: 86_400, within: 1800 };
