import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** Whether the metadata service of an instance asks for a token, which is version 2 of it (EC2 API Reference, ModifyInstanceMetadataOptions). */
export const instanceMetadataTokens = defineSetting({
  target: /^i-[0-9a-f]{8,32}$/,
  content: z.strictObject({ tokens: z.enum(['optional', 'required']) }),
  canBeAbsent: false,
  actions: ['ec2:ModifyInstanceMetadataOptions'],
  actionFor: () => 'ec2:ModifyInstanceMetadataOptions',
  describe: (target, to) =>
    to?.tokens === 'required'
      ? `have the metadata of ${target} given for a token only (IMDSv2)`
      : `have the metadata of ${target} given without a token too (IMDSv1)`,
});
