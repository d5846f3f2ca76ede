import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { BaselineStore } from '../../lambdas/aws/baseline-store.ts';
import { nameBaseline } from '../../lambdas/core/iam/baseline/name-baseline.ts';
import { prepareAccount } from '../local/account/prepare.ts';
import { ROLE_ARN } from '../support/baselines.ts';

async function prepareStore(status: 'Enabled' | 'Suspended' = 'Enabled') {
  const { account } = prepareAccount();
  const { s3 } = account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: 'b' }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'b', VersioningConfiguration: { Status: status } }));
  return { account, s3, store: new BaselineStore(s3, 'b') };
}
const refused = (code: string) => expect.objectContaining({ name: 'BaselineStoreError', code });

describe('BaselineStore', () => {
  it('reads what it wrote, and knows what nobody wrote', async () => {
    const { store } = await prepareStore();
    const nothing = await store.read(ROLE_ARN);

    await store.write(ROLE_ARN, 'one\n', nothing);

    expect(nothing).toBeUndefined();
    expect(await store.read(ROLE_ARN)).toMatchObject({ text: 'one\n' });
  });

  it('does not write over what somebody else wrote meanwhile', async () => {
    const { store } = await prepareStore();
    await store.write(ROLE_ARN, 'one', undefined);
    const former = await store.read(ROLE_ARN);
    await store.write(ROLE_ARN, 'two', former);

    await expect(store.write(ROLE_ARN, 'three', former)).rejects.toEqual(refused('conflict'));
    await expect(store.write(ROLE_ARN, 'three', undefined)).rejects.toEqual(refused('conflict'));

    expect(await store.read(ROLE_ARN)).toMatchObject({ text: 'two' });
  });

  it('says that it could not read, and not that there is nothing', async () => {
    const { account, s3, store } = await prepareStore();
    await s3.send(new PutObjectCommand({ Bucket: 'b', Key: nameBaseline(ROLE_ARN), Body: 'x'.repeat(9_000_000) }));

    await expect(store.read(ROLE_ARN)).rejects.toEqual(refused('unreadable'));
    await expect(new BaselineStore(s3, 'other').read(ROLE_ARN)).rejects.toEqual(refused('unreadable'));
    account.faults.throttleRate = 1;
    await expect(store.read(ROLE_ARN)).rejects.toEqual(refused('unreadable'));
  });

  it('refuses a bucket that loses former versions', async () => {
    const { store } = await prepareStore('Suspended');

    await expect(store.checkVersioning()).rejects.toEqual(refused('not-versioned'));
  });
});
