import { sign } from 'node:crypto';
import { BaselineStore } from '../../lambdas/aws/baseline-store.ts';
import { readIamState } from '../../lambdas/aws/iam-state.ts';
import { capturePolicy, capturePrincipal } from '../../lambdas/core/iam/baseline/capture.ts';
import { describeBaseline } from '../../lambdas/core/iam/baseline/statement.ts';
import { prepareStatement, writeKeyBundle } from '../../lambdas/core/signature/key-bundle.ts';
import type { EmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';

/** Signs what is under an ARN now, and puts it where the service looks. Throws where nothing is there. */
export async function publishBaseline({ account, releaseKey }: EmbeddedService, arn: string): Promise<void> {
  const { iam, s3 } = account.clients;
  const live = await readIamState(iam, arn);
  if (live === undefined) throw new Error(`${arn} is not there`);
  const state = live.kind === 'policy' ? capturePolicy(live) : capturePrincipal(live, new Set());
  const created = new Date(account.clock.now()).toISOString();
  const statement = describeBaseline({ state, version: 1, created });
  const signature = sign('sha256', prepareStatement(statement), releaseKey.keys.privateKey);
  await new BaselineStore(s3, BASELINES).write(arn, `${writeKeyBundle(statement, signature, 'release')}\n`, undefined);
}
