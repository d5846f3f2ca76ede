import type { Context } from 'aws-lambda';
import { listResults, putEvaluations } from '../aws/config-rules.ts';
import { frameFunction } from '../aws/function-frame.ts';
import type { Wiring } from '../aws/wiring.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { planEvaluations } from '../core/controls/evaluations/plan-evaluations.ts';
import { CountersignError } from '../core/errors.ts';
import { parseConfigInvocation } from '../core/events/config-invocation.ts';
import { judge } from './judge.ts';

/** What became of an invocation. */
export interface EvaluationRun {
  readonly evaluations: number;
  readonly undecided: number;
}

/**
 * Answers a custom rule of AWS Config: what is asked is read (parse), answered from the stores (decide), and the results are handed to Config with the token that it gave
 * (record). Config asks by its schedule, and when somebody has the rule evaluated.
 */
export function createHandler(
  wiring: Wiring<'dynamodb' | 'awsConfig'>,
): (event: unknown, context: Context) => Promise<EvaluationRun> {
  const { clients, environment } = wiring;
  const trust = readDeployedTrust(wiring.readCompiledConfig);

  return frameFunction(environment, async (event: unknown, telemetry) => {
    const parsed = parseConfigInvocation(event);
    if (parsed.outcome === 'rejected') {
      // Another try would read the same: it is counted, and the rule keeps its results.
      telemetry.count('EventRejected');
      telemetry.info('invocation rejected', { code: parsed.reason.code });
      return { evaluations: 0, undecided: 0 };
    }
    if (!trust.usable) throw new CountersignError('no-configuration', 'the configuration cannot be used');
    const { question, rule, resultToken, at } = parsed.invocation;
    const [, , , region = '', account = ''] = rule.arn.split(':');
    const earlier = await listResults(clients.awsConfig, rule.name, ['COMPLIANT', 'NON_COMPLIANT']);
    const judgement = await judge(question, { wiring, account, region, policyHash: trust.policyHash });
    const evaluations = planEvaluations(judgement, earlier);
    await putEvaluations(clients.awsConfig, resultToken, at, evaluations);
    const run = { evaluations: evaluations.length, undecided: judgement.undecided.length };
    telemetry.count('EvaluationRun');
    telemetry.count('EvaluationsPut', run.evaluations);
    telemetry.count('EvaluationsUndecided', run.undecided);
    telemetry.info('evaluated', { question, rule: rule.arn, ...run });
    return run;
  });
}
