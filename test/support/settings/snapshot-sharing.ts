import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeSnapshotAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { SettingCase } from './setting-case.ts';

const Attribute = 'createVolumePermission' as const;

export const snapshotSharingCase: SettingCase = {
  async make({ ec2 }) {
    const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-west-1a', Size: 1 }));
    const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
    const UserIds = ['999999999999'];
    await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, Attribute, OperationType: 'add', UserIds }));
    return SnapshotId;
  },
  readAll: async ({ ec2 }, SnapshotId) =>
    (await ec2.send(new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute }))).CreateVolumePermissions,
  contents: ['{"public":false}', '{"public":true}'],
  missing: 'snap-0123456789abcdef0',
};
