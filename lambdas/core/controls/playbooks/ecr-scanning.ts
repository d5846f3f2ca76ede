import { partitionOf } from '../../aws-names.ts';
import { ecrScanOnPush } from '../../ledger/calls/settings/ecr-scan-on-push.ts';
import { definePlaybook } from './define-playbook.ts';

/** A repository whose images nobody looks into. */
export const ecrScanning = definePlaybook(
  {
    rules: ['ecr-private-image-scanning-enabled'],
    controls: ['ECR.1'],
    resourceType: 'AWS::ECR::Repository',
    setting: 'ecr-scan-on-push',
    target: ({ id }) => id,
    nameOf: ({ account, region, id }) => `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${id}`,
    decide: (content) => (content?.onPush ? { is: 'right' } : { is: 'change', to: { onPush: true } }),
    effect: 'Nothing stops to work.',
    inTemplate: 'ImageScanningConfiguration with ScanOnPush true',
  },
  ecrScanOnPush,
);
