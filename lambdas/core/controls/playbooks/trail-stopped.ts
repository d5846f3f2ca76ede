import { trailLogging } from '../../ledger/calls/settings/trail-logging.ts';
import { definePlaybook } from './define-playbook.ts';

/** Trails of CloudTrail at home in the region that do not record: they are started. Where there is no trail at all there is nothing to start. */
export const trailStopped = definePlaybook(
  {
    rules: ['cloudtrail-enabled', 'multi-region-cloudtrail-enabled'],
    controls: ['CloudTrail.1', 'CloudTrail.3'],
    resourceType: 'AWS::::Account',
    setting: 'trail-logging',
    target: 'each',
    nameOf: ({ id }) => `AWS::::Account:${id}`,
    decide: (content) => (content?.logging ? { is: 'right' } : { is: 'change', to: { logging: true } }),
    effect: 'Nothing stops to work; a second trail of the same events costs.',
    inTemplate: 'IsLogging true',
  },
  trailLogging,
);
