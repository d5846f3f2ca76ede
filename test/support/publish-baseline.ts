import { readIamState } from '../../lambdas/aws/iam-state.ts';
import { capturePolicy, capturePrincipal } from '../../lambdas/core/iam/baseline/capture.ts';
import type { BaselineState } from '../../lambdas/core/iam/baseline/state.ts';
import { publishState } from '../../local/baselines.ts';
import type { EmbeddedService } from '../../local/embedded-service.ts';

/** What is under an ARN now; undefined where nothing is. */
export async function readState({ account }: EmbeddedService, arn: string): Promise<BaselineState | undefined> {
  const live = await readIamState(account.clients.iam, arn);
  if (live === undefined) return undefined;
  return live.kind === 'policy' ? capturePolicy(live) : capturePrincipal(live, new Set());
}

/** Signs what is under an ARN now, and puts it where the service looks. Throws where nothing is there. */
export async function publishBaseline(service: EmbeddedService, arn: string, version = 1): Promise<BaselineState> {
  const state = await readState(service, arn);
  if (state === undefined) throw new Error(`${arn} is not there`);
  await publishState(service.account, service.releaseKey, state, version);
  return state;
}
