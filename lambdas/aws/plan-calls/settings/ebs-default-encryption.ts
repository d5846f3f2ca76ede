import {
  DisableEbsEncryptionByDefaultCommand,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import type { SettingAdapter } from './setting-adapter.ts';

export const ebsDefaultEncryptionAdapter: SettingAdapter<{ readonly enabled: boolean }> = {
  async read({ ec2 }) {
    const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
    return { is: 'set', content: { enabled: EbsEncryptionByDefault === true } };
  },
  async write({ ec2 }, _place, { to }) {
    await (to?.enabled
      ? ec2.send(new EnableEbsEncryptionByDefaultCommand({}))
      : ec2.send(new DisableEbsEncryptionByDefaultCommand({})));
  },
  // A region carries no tags.
  tags: async () => ({}),
};
