import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeImageAtRest } from '../../lambdas/aws/ecr-image.ts';
import { listImageUsers } from '../../lambdas/aws/image-users.ts';
import { readKillSwitch } from '../../lambdas/aws/kill-switch.ts';
import { lookAtEcr, performOnEcr } from '../../lambdas/aws/plan-calls/ecr.ts';
import { type Digest, digestOf } from '../../lambdas/core/digest.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { pushImage } from '../../local/account/push-image.ts';
import type { EmbeddedAccount } from '../../local/account/types.ts';
import { buildImage } from '../../local/sigstore/images.ts';

const place = { account: '123456789012', region: 'eu-west-1', repository: 'team/app' };
let clock: VirtualClock;
let account: EmbeddedAccount;
let digest: Digest;
let image: typeof place & { digest: Digest };

async function push(content: string, tag?: string): Promise<Digest> {
  const built = buildImage(content);
  await pushImage(account, {
    repository: place.repository,
    manifest: built.manifest,
    blobs: built.blobs.map(({ bytes }) => bytes),
    mediaType: built.mediaType,
    ...(tag !== undefined && { tag }),
  });
  return built.digest;
}

beforeEach(async () => {
  clock = virtualClock(0);
  account = createEmbeddedAccount({ id: place.account, region: place.region, clock, random: () => 0.5 });
  await account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: place.repository }));
  digest = await push('one', '1.0');
  image = { ...place, digest };
});

const TAG = 'quarantine-0123456789ab';
const tagging = () => ({ action: 'ecr:PutImage', ...image, tag: TAG }) as const;
const untagging = () => ({ action: 'ecr:BatchDeleteImage', ...image, tag: TAG }) as const;
const moving = (storageClass: 'ARCHIVE' | 'STANDARD') =>
  ({ action: 'ecr:UpdateImageStorageClass', ...image, storageClass }) as const;
const look = async (call: Parameters<typeof lookAtEcr>[1]) => (await lookAtEcr(account.clients.ecr, call)).is;
const perform = (call: Parameters<typeof lookAtEcr>[1]) => performOnEcr(account.clients.ecr, call);

describe('the calls of a quarantine on a registry', () => {
  it('tag the same manifest, and take the tag away again', async () => {
    const before = await look(tagging());
    await perform(tagging());
    const after = [await look(tagging()), await look(untagging())];
    await perform(untagging());

    expect(before).toBe('before');
    expect(after).toEqual(['after', 'before']);
    expect(await look(untagging())).toBe('after');
    expect((await describeImageAtRest(account.clients.ecr, image))?.tags).toEqual(['1.0']);
  });

  it('archive so that nothing can be pulled, and restore within some time', async () => {
    const pull = async () => {
      const input = { repositoryName: place.repository, imageIds: [{ imageDigest: digest }] };
      return (await account.clients.ecr.send(new BatchGetImageCommand(input))).images?.length;
    };
    const pulls = [await pull()];
    await perform(moving('ARCHIVE'));
    pulls.push(await pull());
    const archived = [await look(moving('ARCHIVE')), await look(moving('STANDARD')), await look(tagging())];
    await perform(moving('STANDARD'));
    const restoring = [await look(moving('STANDARD')), await look(moving('ARCHIVE')), await look(tagging())];
    await clock.advance(20 * 60_000);
    pulls.push(await pull());

    expect(pulls).toEqual([1, 0, 1]);
    expect(archived).toEqual(['after', 'before', 'elsewhere']);
    expect(restoring).toEqual(['underway', 'underway', 'underway']);
    expect(await look(moving('STANDARD'))).toBe('after');
  });

  it('do not take a tag from another image, nor the last one from this, which would delete it', async () => {
    const other = await push('two', TAG);
    const taken = await look(tagging());
    const untagged = { ...untagging(), digest: other };

    expect(taken).toBe('elsewhere');
    expect(await look(untagged)).toBe('elsewhere');
    expect(await look(untagging())).toBe('after');
  });

  it('make a call twice without harm', async () => {
    for (const call of [tagging(), moving('ARCHIVE'), moving('STANDARD')]) {
      expect(await perform(call)).toBeUndefined();
      expect(await perform(call)).toBeUndefined();
    }
  });

  it('delete nothing that is not in the archive, whatever was approved while it was', async () => {
    const call = { action: 'ecr:BatchDeleteImage', ...image } as const;

    expect(await look(call)).toBe('elsewhere');
  });

  it('delete an image from the archive, and are done where it is gone', async () => {
    const call = { action: 'ecr:BatchDeleteImage', ...image } as const;
    await perform(moving('ARCHIVE'));
    const before = await look(call);
    await perform(call);

    expect([before, await look(call), await look(moving('ARCHIVE'))]).toEqual(['before', 'after', 'elsewhere']);
    expect(await perform(call)).toBeUndefined();
  });

  it('say why where ECR refuses for good, and throw where another try may succeed', async () => {
    const absent = { ...moving('ARCHIVE'), digest: digestOf('absent') };

    expect(await perform(absent)).toMatchObject({ code: 'refused' });
    account.faults.throttleRate = 1;
    await expect(perform(moving('ARCHIVE'))).rejects.toThrow();
    await expect(look(moving('ARCHIVE'))).rejects.toThrow();
  });
});

describe('an archived image in the registry of the embedded account', () => {
  it('is described only where archived ones are asked for, and restored when it is pushed again', async () => {
    const { ecr } = account.clients;
    const list = async (imageStatus?: 'ANY') => {
      const filter = imageStatus === undefined ? {} : { filter: { imageStatus } };
      return (await ecr.send(new DescribeImagesCommand({ repositoryName: place.repository, ...filter }))).imageDetails;
    };
    await perform(moving('ARCHIVE'));
    const archived = [(await list())?.length, (await list('ANY'))?.[0]?.imageStatus];
    await ecr.send(
      new PutImageCommand({
        repositoryName: place.repository,
        imageManifest: buildImage('one').manifest.toString(),
        imageTag: '1.0',
      }),
    );

    expect(archived).toEqual([0, 'ARCHIVED']);
    expect((await list())?.[0]?.imageStatus).toBe('ACTIVE');
  });
});

describe('who uses an image', () => {
  const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const wanted = () => ({ ...place, digests: [digest], tags: ['1.0'] });
  const runTask = async (reference: string) => {
    const { ecs } = account.clients;
    await ecs.send(
      new RegisterTaskDefinitionCommand({ family: 'app', containerDefinitions: [{ name: 'app', image: reference }] }),
    );
    await ecs.send(new RunTaskCommand({ taskDefinition: 'app' }));
  };

  it.each([
    ['a task by digest', () => runTask(`${registry}/team/app@${digest}`), 1],
    ['a task by tag', () => runTask(`${registry}/team/app:1.0`), 1],
    ['a task by another tag', () => runTask(`${registry}/team/app:2.0`), 0],
    ['a task from another repository', () => runTask(`${registry}/team/other:1.0`), 0],
    ['a task from another registry', () => runTask('999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.0'), 0],
    ['a copy of it in another registry', () => runTask(`example.com/team/app@${digest}`), 1],
  ])('is seen in %s', async (_what, start, users) => {
    await start();

    expect(await listImageUsers(account.clients, wanted())).toHaveLength(users);
  });

  it('is seen in a function', async () => {
    const Code = { ImageUri: `${registry}/team/app@${digest}` };
    await account.clients.lambda.send(
      new CreateFunctionCommand({ FunctionName: 'one', Role: 'arn', PackageType: 'Image', Code }),
    );
    await account.clients.lambda.send(
      new CreateFunctionCommand({ FunctionName: 'two', Role: 'arn', PackageType: 'Zip', Code: {} }),
    );

    expect(await listImageUsers(account.clients, wanted())).toEqual([expect.stringContaining('function:one')]);
  });

  it('is not known beyond the bounds', async () => {
    for (let number = 0; number <= 100; number += 1) {
      await account.clients.ecs.send(
        new RegisterTaskDefinitionCommand({ family: 'app', containerDefinitions: [{ name: 'app', image: 'x' }] }),
      );
      await account.clients.ecs.send(new RunTaskCommand({ cluster: `c${number}`, taskDefinition: 'app' }));
    }

    await expect(listImageUsers(account.clients, wanted())).rejects.toMatchObject({ code: 'too-many' });
  });
});

describe('the kill switch', () => {
  it('is read each time, and not being there is no permission', async () => {
    const { ssm } = account.clients;
    await ssm.send(new PutParameterCommand({ Name: '/switch', Value: 'off', Type: 'String' }));
    const first = await readKillSwitch(ssm, '/switch');
    await ssm.send(new PutParameterCommand({ Name: '/switch', Value: 'on', Type: 'String', Overwrite: true }));

    expect([first, await readKillSwitch(ssm, '/switch')]).toEqual(['off', 'on']);
    await expect(readKillSwitch(ssm, '/absent')).rejects.toThrow();
  });
});
