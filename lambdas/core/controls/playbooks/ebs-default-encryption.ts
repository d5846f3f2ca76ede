import { ebsDefaultEncryption } from '../../ledger/calls/settings/ebs-default-encryption.ts';
import { definePlaybook } from './define-playbook.ts';

/** A region in which new volumes can be without encryption. */
export const ebsDefaultEncryptionPlaybook = definePlaybook(
  {
    rules: ['ec2-ebs-encryption-by-default'],
    controls: ['EC2.7'],
    resourceType: 'AWS::::Account',
    setting: 'ebs-default-encryption',
    target: ({ region }) => region,
    nameOf: ({ id }) => `AWS::::Account:${id}`,
    decide: (content) => (content?.enabled ? { is: 'right' } : { is: 'change', to: { enabled: true } }),
    effect: 'Volumes that are there stay as they are; who makes new ones needs the right to use the key.',
    inTemplate: 'nothing: it is a setting of the account in the region',
  },
  ebsDefaultEncryption,
);
