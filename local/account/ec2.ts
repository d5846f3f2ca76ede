import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DisableEbsEncryptionByDefaultCommand,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsEncryptionByDefaultCommand,
  type HttpTokensState,
  ModifyInstanceMetadataOptionsCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { answers, type LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';
import { ec2Fault } from './ec2-fault.ts';
import { securityGroupOperations } from './ec2-security-groups.ts';

/** EC2 as far as settings go: security groups, metadata of instances, sharing of snapshots, default encryption. Nothing runs. */
export function createEc2(context: AccountContext): LocalService {
  const state = { encrypts: false };
  const snapshots = new Map<string, { readonly groups: Set<string>; readonly users: Set<string> }>();
  const instances = new Map<string, { tokens: HttpTokensState; appliedAt: number }>();
  const tags = new Map<string, Readonly<Record<string, string>>>();
  const newId = (prefix: string) =>
    `${prefix}-${Array.from({ length: 17 }, () => Math.floor(context.random() * 16).toString(16)).join('')}`;
  const find = <T>(all: ReadonlyMap<string, T>, id: string, code: string): T => {
    const found = all.get(id);
    if (found === undefined) throw ec2Fault(code, `'${id}' does not exist`);
    return found;
  };
  const snapshotOf = (id = '') => find(snapshots, id, 'InvalidSnapshot.NotFound');
  const instanceOf = (id = '') => find(instances, id, 'InvalidInstanceID.NotFound');
  const operations = [
    answers(GetEbsEncryptionByDefaultCommand, () => ({ EbsEncryptionByDefault: state.encrypts })),
    answers(EnableEbsEncryptionByDefaultCommand, () => {
      state.encrypts = true;
      return { EbsEncryptionByDefault: true };
    }),
    answers(DisableEbsEncryptionByDefaultCommand, () => {
      state.encrypts = false;
      return { EbsEncryptionByDefault: false };
    }),
    answers(RunInstancesCommand, ({ MetadataOptions }) => {
      const InstanceId = newId('i');
      instances.set(InstanceId, { tokens: MetadataOptions?.HttpTokens ?? 'optional', appliedAt: 0 });
      return { Instances: [{ InstanceId }] };
    }),
    answers(DescribeInstancesCommand, ({ InstanceIds = [] }) => ({
      Reservations: InstanceIds.map((InstanceId) => {
        const { tokens, appliedAt } = instanceOf(InstanceId);
        const State = appliedAt > context.clock.now() ? ('pending' as const) : ('applied' as const);
        const MetadataOptions = {
          State,
          HttpTokens: tokens,
          HttpEndpoint: 'enabled' as const,
          HttpPutResponseHopLimit: 2,
        };
        return { Instances: [{ InstanceId, State: { Name: 'running' as const }, MetadataOptions }] };
      }),
    })),
    answers(ModifyInstanceMetadataOptionsCommand, ({ InstanceId, HttpTokens }) => {
      const instance = instanceOf(InstanceId);
      if (HttpTokens !== undefined) instance.tokens = HttpTokens;
      return { InstanceId };
    }),
    answers(CreateVolumeCommand, () => ({ VolumeId: newId('vol') })),
    answers(CreateSnapshotCommand, () => {
      const SnapshotId = newId('snap');
      snapshots.set(SnapshotId, { groups: new Set(), users: new Set() });
      return { SnapshotId, OwnerId: context.id };
    }),
    answers(DescribeSnapshotsCommand, ({ RestorableByUserIds }) => ({
      Snapshots: [...snapshots]
        .filter(([, { groups }]) => !RestorableByUserIds?.includes('all') || groups.has('all'))
        .map(([SnapshotId]) => ({ SnapshotId, OwnerId: context.id })),
    })),
    answers(DescribeSnapshotAttributeCommand, ({ SnapshotId }) => {
      const { groups, users } = snapshotOf(SnapshotId);
      const CreateVolumePermissions = [
        ...(groups.has('all') ? [{ Group: 'all' as const }] : []),
        ...[...users].map((UserId) => ({ UserId })),
      ];
      return { SnapshotId, CreateVolumePermissions };
    }),
    answers(ModifySnapshotAttributeCommand, ({ SnapshotId, OperationType, GroupNames = [], UserIds = [] }) => {
      const { groups, users } = snapshotOf(SnapshotId);
      for (const group of GroupNames) groups[OperationType === 'add' ? 'add' : 'delete'](group);
      for (const user of UserIds) users[OperationType === 'add' ? 'add' : 'delete'](user);
      return {};
    }),
    answers(DescribeTagsCommand, ({ Filters = [] }) => {
      const ids = Filters.find(({ Name }) => Name === 'resource-id')?.Values ?? [];
      const found = ids.flatMap((ResourceId) =>
        Object.entries(tags.get(ResourceId) ?? {}).map(([Key, Value]) => ({ ResourceId, Key, Value })),
      );
      return { Tags: found };
    }),
    ...securityGroupOperations(context, newId, tags),
  ];
  return {
    name: 'ec2',
    operations: new Map(operations),
    throttled: () => ec2Fault('RequestLimitExceeded', 'Request limit exceeded.', 503),
  };
}
