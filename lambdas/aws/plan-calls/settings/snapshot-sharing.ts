import {
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { isNamed, type SettingAdapter, type SettingItem } from './setting-adapter.ts';

/** More public snapshots than a plan could hold are not listed: the plan is refused by their number. */
const PAGE = 100;

export const snapshotSharingAdapter: SettingAdapter<{ readonly public: boolean }> = {
  async read({ ec2 }, { target }) {
    try {
      const { CreateVolumePermissions = [] } = await ec2.send(
        new DescribeSnapshotAttributeCommand({ SnapshotId: target, Attribute: 'createVolumePermission' }),
      );
      return { is: 'set', content: { public: CreateVolumePermissions.some(({ Group }) => Group === 'all') } };
    } catch (thrown) {
      if (isNamed(thrown, 'InvalidSnapshot.NotFound', 'InvalidSnapshotID.Malformed')) return { is: 'gone' };
      throw thrown;
    }
  },
  async write({ ec2 }, { target }, { to }) {
    await ec2.send(
      new ModifySnapshotAttributeCommand({
        SnapshotId: target,
        Attribute: 'createVolumePermission',
        OperationType: to?.public ? 'add' : 'remove',
        GroupNames: ['all'],
      }),
    );
  },
  // The subject is the account: no stack says of a snapshot that it is public.
  tags: async () => ({}),
  async list({ ec2 }) {
    const { Snapshots = [] } = await ec2.send(
      new DescribeSnapshotsCommand({ OwnerIds: ['self'], RestorableByUserIds: ['all'], MaxResults: PAGE }),
    );
    return Snapshots.flatMap(({ SnapshotId: target }): SettingItem<{ readonly public: boolean }>[] =>
      target === undefined ? [] : [{ target, content: { public: true } }],
    );
  },
};
