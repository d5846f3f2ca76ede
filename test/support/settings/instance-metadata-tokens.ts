import { DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { SettingCase } from './setting-case.ts';

export const instanceMetadataTokensCase: SettingCase = {
  async make({ ec2 }) {
    const { Instances } = await ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ImageId: 'ami-1' }));
    return Instances?.[0]?.InstanceId ?? '';
  },
  readAll: async ({ ec2 }, target) =>
    (await ec2.send(new DescribeInstancesCommand({ InstanceIds: [target] }))).Reservations?.[0]?.Instances?.[0]
      ?.MetadataOptions,
  contents: ['{"tokens":"optional"}', '{"tokens":"required"}'],
  missing: 'i-0123456789abcdef0',
};
