import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** Whether KMS rotates the material of a key, and how often (KMS API Reference, EnableKeyRotation: 90 to 2560 days). */
export const kmsRotation = defineSetting({
  /** ARN of the key. */
  target: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(?:mrk-)?[0-9a-f-]{32,36}$/,
  content: z.union([
    z.strictObject({ enabled: z.literal(true), periodDays: z.number().int().min(90).max(2560) }),
    z.strictObject({ enabled: z.literal(false) }),
  ]),
  canBeAbsent: false,
  actions: ['kms:DisableKeyRotation', 'kms:EnableKeyRotation'],
  actionFor: (to) => (to?.enabled ? 'kms:EnableKeyRotation' : 'kms:DisableKeyRotation'),
  describe: (target, to) =>
    to?.enabled ? `rotate ${target} every ${to.periodDays} days` : `stop the rotation of ${target}`,
});
