import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** Whether everybody can make a volume from an EBS snapshot. Single accounts that it is shared with are no part of it (EC2 API Reference, ModifySnapshotAttribute). */
export const snapshotSharing = defineSetting({
  target: /^snap-[0-9a-f]{8,32}$/,
  content: z.strictObject({ public: z.boolean() }),
  canBeAbsent: false,
  actions: ['ec2:ModifySnapshotAttribute'],
  actionFor: () => 'ec2:ModifySnapshotAttribute',
  describe: (target, to) => (to?.public ? `make snapshot ${target} public` : `make snapshot ${target} private`),
});
