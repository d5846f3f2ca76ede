import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  type PasswordPolicy,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation } from './answer.ts';
import { missing } from './iam-store.ts';

/** The password policy of the account: an update replaces all of it, and what it leaves out falls back to the default (IAM API Reference, UpdateAccountPasswordPolicy). */
export function passwordPolicyOperations(): [string, Operation][] {
  let policy: PasswordPolicy | undefined;
  const held = (): PasswordPolicy => {
    if (policy === undefined) throw missing('The Password Policy with domain name cannot be found.');
    return policy;
  };
  return [
    answers(GetAccountPasswordPolicyCommand, () => ({ PasswordPolicy: { ...held() } })),
    answers(UpdateAccountPasswordPolicyCommand, (input) => {
      policy = {
        MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
        RequireSymbols: input.RequireSymbols === true,
        RequireNumbers: input.RequireNumbers === true,
        RequireUppercaseCharacters: input.RequireUppercaseCharacters === true,
        RequireLowercaseCharacters: input.RequireLowercaseCharacters === true,
        AllowUsersToChangePassword: input.AllowUsersToChangePassword === true,
        ExpirePasswords: (input.MaxPasswordAge ?? 0) > 0,
        HardExpiry: input.HardExpiry === true,
        ...(input.MaxPasswordAge !== undefined && { MaxPasswordAge: input.MaxPasswordAge }),
        ...(input.PasswordReusePrevention !== undefined && { PasswordReusePrevention: input.PasswordReusePrevention }),
      };
      return {};
    }),
    answers(DeleteAccountPasswordPolicyCommand, () => {
      held();
      policy = undefined;
      return {};
    }),
  ];
}
