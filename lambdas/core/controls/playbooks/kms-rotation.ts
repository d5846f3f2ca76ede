import { partitionOf } from '../../aws-names.ts';
import { kmsRotation } from '../../ledger/calls/settings/kms-rotation.ts';
import { definePlaybook } from './define-playbook.ts';

/** A key of KMS whose material stays the same: it is rotated every year. */
export const kmsRotationPlaybook = definePlaybook(
  {
    rules: ['cmk-backing-key-rotation-enabled'],
    controls: ['KMS.4'],
    resourceType: 'AWS::KMS::Key',
    setting: 'kms-rotation',
    target: ({ account, region, id }) => `arn:${partitionOf(region)}:kms:${region}:${account}:key/${id}`,
    nameOf: ({ account, region, id }) => `arn:${partitionOf(region)}:kms:${region}:${account}:key/${id}`,
    decide: (content) =>
      content?.enabled ? { is: 'right' } : { is: 'change', to: { enabled: true, periodDays: 365 } },
    effect:
      'Nothing stops to work: what was encrypted is still decrypted. The second and third rotation cost a fee each.',
    inTemplate: 'EnableKeyRotation true',
  },
  kmsRotation,
);
