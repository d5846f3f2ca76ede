import { listRecorded } from '../aws/config-rules.ts';
import { requireVariable } from '../aws/environment.ts';
import { listStandings } from '../aws/image-standings.ts';
import { readOpenDrift } from '../aws/open-drift.ts';
import { sweepMarkStore } from '../aws/sweep-mark-store.ts';
import { toldChecksStore } from '../aws/told-checks-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { Judgement, Question } from '../core/controls/evaluations/evaluation.ts';
import { judgeByBaseline, judgeByTrust } from '../core/controls/evaluations/judge-principals.ts';
import { type ImageStanding, judgeRepositories } from '../core/controls/evaluations/judge-repositories.ts';
import { describeOpenDrift } from '../core/iam/drift/describe-state.ts';

export interface JudgeParts {
  readonly wiring: Wiring<'dynamodb' | 'awsConfig'>;
  readonly account: string;
  readonly region: string;
  readonly policyHash: string;
}

const OF_BASELINE = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Policy'] as const;

/** The answer to a question, from what the reactions and sweeps stored. Nothing is judged anew, and nothing is written. */
export async function judge(question: Question, parts: JudgeParts): Promise<Judgement> {
  const { clients, environment, clock } = parts.wiring;
  if (question === 'image-signatures') {
    const table = requireVariable(environment, 'VERDICT_TABLE');
    const standings: ImageStanding[] = [];
    for await (const one of listStandings(clients.dynamodb, table, { ...parts, now: clock() })) standings.push(one);
    return judgeRepositories(standings);
  }
  const table = requireVariable(environment, 'DRIFT_TABLE');
  // Before the resources are listed: who is made meanwhile is younger than the sweep.
  const sweep = await sweepMarkStore(clients.dynamodb, table).read();
  const types = question === 'iam-baseline' ? OF_BASELINE : (['AWS::IAM::Role'] as const);
  const principals = [];
  for (const type of types) principals.push(...(await listRecorded(clients.awsConfig, type)));
  if (question === 'iam-baseline') {
    const faults = new Map(
      [...(await readOpenDrift(clients.dynamodb, table))].map(([arn, drift]) => [arn, describeOpenDrift(drift) ?? '-']),
    );
    return judgeByBaseline(principals, { faults, sweep, now: clock() });
  }
  const told = await toldChecksStore(clients.dynamodb, table).list();
  const faults = new Map(
    told
      .filter(({ check }) => check === 'oidc-trust')
      .map(({ resource }) => [resource, 'It trusts more of an OpenID Connect provider than one audience and subject.']),
  );
  return judgeByTrust(principals, { faults, sweep, now: clock() });
}
