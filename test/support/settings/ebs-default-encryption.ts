import { GetEbsEncryptionByDefaultCommand } from '@aws-sdk/client-ec2';
import { CASE_REGION, type SettingCase } from './setting-case.ts';

export const ebsDefaultEncryptionCase: SettingCase = {
  make: async () => CASE_REGION,
  only: CASE_REGION,
  readAll: async ({ ec2 }) => (await ec2.send(new GetEbsEncryptionByDefaultCommand({}))).EbsEncryptionByDefault,
  contents: ['{"enabled":false}', '{"enabled":true}'],
};
