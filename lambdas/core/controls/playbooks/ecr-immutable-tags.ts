import { partitionOf } from '../../aws-names.ts';
import { ecrTagMutability } from '../../ledger/calls/settings/ecr-tag-mutability.ts';
import { definePlaybook } from './define-playbook.ts';

/** A repository whose tags can be moved to other images. One that excepts some tags was thought about, and is left as it is. */
export const ecrImmutableTags = definePlaybook(
  {
    rules: ['ecr-private-tag-immutability-enabled'],
    controls: ['ECR.2'],
    resourceType: 'AWS::ECR::Repository',
    setting: 'ecr-tag-mutability',
    target: ({ id }) => id,
    nameOf: ({ account, region, id }) => `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${id}`,
    decide: (content) =>
      content?.mutability === 'MUTABLE' ? { is: 'change', to: { mutability: 'IMMUTABLE' as const } } : { is: 'right' },
    effect: 'Who pushes another image under a tag that is there, such as latest, is refused.',
    inTemplate: 'ImageTagMutability IMMUTABLE',
  },
  ecrTagMutability,
);
