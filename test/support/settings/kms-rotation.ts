import { CreateKeyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { CASE_ACCOUNT, CASE_REGION, type SettingCase } from './setting-case.ts';

export const kmsRotationCase: SettingCase = {
  make: async ({ kms }) => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '',
  readAll: async ({ kms }, KeyId) => {
    const status = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    return [status.KeyRotationEnabled, status.RotationPeriodInDays];
  },
  contents: ['{"enabled":false}', '{"enabled":true,"periodDays":365}', '{"enabled":true,"periodDays":90}'],
  missing: `arn:aws:kms:${CASE_REGION}:${CASE_ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`,
};
