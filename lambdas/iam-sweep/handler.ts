import type { Context } from 'aws-lambda';
import { readAccountIam } from '../aws/account-iam.ts';
import { readStanding } from '../aws/baseline-standing.ts';
import { BaselineStore } from '../aws/baseline-store.ts';
import { readCredentialReport } from '../aws/credential-report.ts';
import { driftStore } from '../aws/drift-store.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction } from '../aws/function-frame.ts';
import { addCredentials } from '../aws/iam-credentials.ts';
import { sendFinding, sendIamRecheck } from '../aws/queues.ts';
import { sweepMarkStore } from '../aws/sweep-mark-store.ts';
import { takeTurns } from '../aws/take-turns.ts';
import { toldChecksStore } from '../aws/told-checks-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { partitionOf } from '../core/aws-names.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import type { AccountIam } from '../core/iam/account.ts';
import { captureAccount } from '../core/iam/baseline/capture.ts';
import { compareStates } from '../core/iam/baseline/compare-states.ts';
import { findMissing } from '../core/iam/baseline/missing-resources.ts';
import type { BaselineState } from '../core/iam/baseline/state.ts';
import { reportChecks } from './report-checks.ts';

export interface IamSweepResult {
  readonly principals: number;
  /** What a baseline or open drift is about and the account has not. */
  readonly missing: number;
  readonly messages: number;
  /** Findings about ways into the account that were opened, changed or closed. */
  readonly findings: number;
}

/** Baselines that are read at the same time. */
const AT_ONCE = 8;
/** Seconds over which the looks are spread, so that a sweep does not take IAM's rate from the account. */
const SPREAD = 600;

/**
 * Compares the whole account with its baselines and asks for a look at every principal and policy that is not what was signed, or whose record says that it was not.
 * What has a baseline or open drift and is not in the account any more is looked at too.
 * This is what makes lost events harmless. One call for 1,000 principals and six for each
 * user, one object and one row for each.
 */
export function createHandler(
  wiring: Wiring<'iam' | 's3' | 'sqs' | 'dynamodb'>,
): (event: unknown, context: Context) => Promise<IamSweepResult> {
  const { clients, environment, clock } = wiring;
  const queueUrl = requireVariable(environment, 'IAM_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const driftTable = requireVariable(environment, 'DRIFT_TABLE');
  const drift = driftStore(clients.dynamodb, driftTable);
  const trust = readDeployedTrust(wiring.readCompiledConfig);

  async function needsLook(found: BaselineState): Promise<boolean> {
    const standing = await readStanding(found.arn, { wiring, trust, drift }, clock());
    if (standing.state !== 'signed' || compareStates(standing.baseline.state, found).length > 0) return true;
    const record = await drift.read(found.arn);
    return record !== undefined && (record.state !== 'covered' || record.revision > record.publishedRevision);
  }

  async function listMissing(accountId: string, there: readonly string[]): Promise<readonly string[]> {
    const bucket = trust.usable ? trust.config.iam?.bucket : undefined;
    const partition = partitionOf(environment.AWS_REGION ?? '');
    const declared = bucket === undefined ? [] : await new BaselineStore(clients.s3, bucket).list(accountId, partition);
    return findMissing(there, { declared, open: await drift.listOpen() });
  }

  async function tellChecks(account: AccountIam): ReturnType<typeof reportChecks> {
    const settings = trust.usable ? trust.config.iam?.checks : undefined;
    if (settings === undefined) return { findings: 0, unread: [] };
    return reportChecks({
      account,
      settings,
      credentials: settings.credentials ? await readCredentialReport(clients.iam) : undefined,
      region: environment.AWS_REGION ?? '',
      store: toldChecksStore(clients.dynamodb, driftTable),
      send: (finding) => sendFinding(clients.sqs, findingsQueueUrl, finding),
      now: clock(),
    });
  }

  return frameFunction(environment, async (_event: unknown, telemetry) => {
    const startedAt = clock();
    const account = await addCredentials(clients.iam, await readAccountIam(clients.iam));
    const { states, leftOut } = captureAccount(account);
    const inTurn = takeTurns(AT_ONCE);
    const looks = await Promise.all(
      states.map((found) => inTurn(async () => ((await needsLook(found)) ? [found.arn] : []))),
    );
    const missing = await listMissing(
      account.accountId,
      [...states, ...leftOut].map(({ arn }) => arn),
    );
    const wanted = [...looks.flat(), ...missing];
    for (const arn of wanted) {
      await sendIamRecheck(clients.sqs, queueUrl, arn, Math.floor(wiring.random() * Math.min(SPREAD, wanted.length)));
    }
    const { findings, unread } = await tellChecks(account);
    const marked = { startedAt, wanted, leftOut: leftOut.map(({ arn }) => arn), unread };
    await sweepMarkStore(clients.dynamodb, driftTable).note(marked);
    telemetry.count('IamSweepCompleted');
    const result = { principals: states.length, missing: missing.length, messages: wanted.length, findings };
    telemetry.info('iam sweep', result);
    return result;
  });
}
