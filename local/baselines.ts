import { sign } from 'node:crypto';
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3';
import { BaselineStore } from '../lambdas/aws/baseline-store.ts';
import type { BaselineState } from '../lambdas/core/iam/baseline/state.ts';
import { describeBaseline } from '../lambdas/core/iam/baseline/statement.ts';
import { prepareStatement, writeKeyBundle } from '../lambdas/core/signature/key-bundle.ts';
import type { EmbeddedAccount } from './account/types.ts';
import { BASELINES } from './scenarios/trust.ts';
import type { SigningKey } from './sigstore/signers.ts';

/** Makes the bucket of baselines, versioned as the service wants it. */
export async function createBaselineBucket(s3: S3Client): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
}

/** Signs a state and puts it where the service looks. */
export async function publishState(
  account: EmbeddedAccount,
  key: SigningKey,
  state: BaselineState,
  version = 1,
): Promise<void> {
  const statement = describeBaseline({ state, version, created: new Date(account.clock.now()).toISOString() });
  const signature = sign('sha256', prepareStatement(statement), key.keys.privateKey);
  const store = new BaselineStore(account.clients.s3, BASELINES);
  const former = await store.read(state.arn);
  await store.write(state.arn, `${former?.text ?? ''}${writeKeyBundle(statement, signature, 'release')}\n`, former);
}
