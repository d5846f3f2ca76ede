import { snapshotSharing } from '../../ledger/calls/settings/snapshot-sharing.ts';
import { definePlaybook } from './define-playbook.ts';

/** EBS snapshots of the account that everybody can restore: they become private. Accounts that one is shared with keep it. */
export const snapshotPublic = definePlaybook(
  {
    rules: ['ebs-snapshot-public-restorable-check'],
    controls: ['EC2.1'],
    resourceType: 'AWS::::Account',
    setting: 'snapshot-sharing',
    target: 'each',
    nameOf: ({ id }) => `AWS::::Account:${id}`,
    decide: (content) => (content?.public ? { is: 'change', to: { public: false } } : { is: 'right' }),
    effect: 'Other accounts that were not named cannot make volumes of them any more; copies that were made stay.',
    inTemplate: 'nothing: that a snapshot is public stands in no template',
  },
  snapshotSharing,
);
