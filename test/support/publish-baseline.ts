import { sign } from 'node:crypto';
import { BaselineStore } from '../../lambdas/aws/baseline-store.ts';
import { readIamState } from '../../lambdas/aws/iam-state.ts';
import { capturePolicy, capturePrincipal } from '../../lambdas/core/iam/baseline/capture.ts';
import type { BaselineState } from '../../lambdas/core/iam/baseline/state.ts';
import { describeBaseline } from '../../lambdas/core/iam/baseline/statement.ts';
import { prepareStatement, writeKeyBundle } from '../../lambdas/core/signature/key-bundle.ts';
import type { EmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';

/** What is under an ARN now; undefined where nothing is. */
export async function readState({ account }: EmbeddedService, arn: string): Promise<BaselineState | undefined> {
  const live = await readIamState(account.clients.iam, arn);
  if (live === undefined) return undefined;
  return live.kind === 'policy' ? capturePolicy(live) : capturePrincipal(live, new Set());
}

/** Signs what is under an ARN now, and puts it where the service looks. Throws where nothing is there. */
export async function publishBaseline(service: EmbeddedService, arn: string, version = 1): Promise<BaselineState> {
  const { account, releaseKey } = service;
  const state = await readState(service, arn);
  if (state === undefined) throw new Error(`${arn} is not there`);
  const created = new Date(account.clock.now()).toISOString();
  const statement = describeBaseline({ state, version, created });
  const signature = sign('sha256', prepareStatement(statement), releaseKey.keys.privateKey);
  const store = new BaselineStore(account.clients.s3, BASELINES);
  const former = await store.read(arn);
  await store.write(arn, `${former?.text ?? ''}${writeKeyBundle(statement, signature, 'release')}\n`, former);
  return state;
}
