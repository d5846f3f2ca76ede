import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { prepareAccount } from './prepare.ts';

async function prepareBucket() {
  const { s3 } = prepareAccount().account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: 'b' }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } }));
  const put = (Body: string, conditions: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body, ...conditions }));
  const get = async (VersionId?: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k', VersionId }))).Body?.transformToString();
  return { s3, put, get };
}
const refused = (name: string) => expect.objectContaining({ name });

describe('S3 in the embedded account', () => {
  it('keeps former versions', async () => {
    const { put, get } = await prepareBucket();
    const { VersionId } = await put('one');

    await put('two');

    expect([await get(), await get(VersionId)]).toEqual(['two', 'one']);
  });

  it('writes on condition only', async () => {
    const { put, get } = await prepareBucket();
    const { ETag } = await put('one', { IfNoneMatch: '*' });

    await expect(put('other', { IfNoneMatch: '*' })).rejects.toEqual(refused('PreconditionFailed'));
    await put('two', { IfMatch: ETag });
    await expect(put('three', { IfMatch: ETag })).rejects.toEqual(refused('PreconditionFailed'));

    expect(await get()).toBe('two');
  });

  it('hides what was deleted', async () => {
    const { s3, put, get } = await prepareBucket();
    await put('one');

    await s3.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'k' }));

    await expect(get()).rejects.toEqual(refused('NoSuchKey'));
    await expect(put('two', { IfMatch: '"x"' })).rejects.toEqual(refused('NoSuchKey'));
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'b' }))).Contents).toEqual([]);
  });

  it('knows no other buckets', async () => {
    const { s3 } = await prepareBucket();

    await expect(s3.send(new GetObjectCommand({ Bucket: 'c', Key: 'k' }))).rejects.toEqual(refused('NoSuchBucket'));
  });
});
