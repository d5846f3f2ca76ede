import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** Whether new EBS volumes of a region are encrypted whatever is asked for (EC2 API Reference, EnableEbsEncryptionByDefault). */
export const ebsDefaultEncryption = defineSetting({
  /** The region. */
  target: /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/,
  content: z.strictObject({ enabled: z.boolean() }),
  canBeAbsent: false,
  actions: ['ec2:DisableEbsEncryptionByDefault', 'ec2:EnableEbsEncryptionByDefault'],
  actionFor: (to) => (to?.enabled ? 'ec2:EnableEbsEncryptionByDefault' : 'ec2:DisableEbsEncryptionByDefault'),
  describe: (target, to) =>
    to?.enabled
      ? `encrypt new volumes in ${target} by default`
      : `leave new volumes in ${target} as they are asked for`,
});
