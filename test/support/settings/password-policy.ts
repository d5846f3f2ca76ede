import { GetAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import { CASE_ACCOUNT, type SettingCase } from './setting-case.ts';

export const passwordPolicyCase: SettingCase = {
  make: async () => CASE_ACCOUNT,
  only: CASE_ACCOUNT,
  readAll: ({ iam }) =>
    iam.send(new GetAccountPasswordPolicyCommand({})).then(
      ({ PasswordPolicy }) => PasswordPolicy,
      (thrown: unknown) => String(thrown),
    ),
  contents: [
    null,
    '{"hardExpiry":true,"lowerCase":false,"maxAge":365,"minLength":8,"numbers":true,"remembers":null,"symbols":false,"upperCase":true,"usersMayChange":false}',
    '{"hardExpiry":false,"lowerCase":true,"maxAge":null,"minLength":20,"numbers":true,"remembers":24,"symbols":true,"upperCase":true,"usersMayChange":true}',
  ],
};
