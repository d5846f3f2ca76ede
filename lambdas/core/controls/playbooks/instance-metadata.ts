import { partitionOf } from '../../aws-names.ts';
import { instanceMetadataTokens } from '../../ledger/calls/settings/instance-metadata-tokens.ts';
import { definePlaybook } from './define-playbook.ts';

/** An instance that gives its credentials to whoever can have it fetch a URL: its metadata asks for a token. */
export const instanceMetadata = definePlaybook(
  {
    rules: ['ec2-imdsv2-check'],
    controls: ['EC2.8'],
    resourceType: 'AWS::EC2::Instance',
    setting: 'instance-metadata-tokens',
    target: ({ id }) => id,
    nameOf: ({ account, region, id }) => `arn:${partitionOf(region)}:ec2:${region}:${account}:instance/${id}`,
    decide: (content) =>
      content?.tokens === 'required' ? { is: 'right' } : { is: 'change', to: { tokens: 'required' as const } },
    effect: 'Software on it that asks for metadata without a token, such as an old SDK, gets no credentials any more.',
    inTemplate: 'MetadataOptions with HttpTokens required, in the instance or its launch template',
  },
  instanceMetadataTokens,
);
