import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { isNamed, type SettingAdapter } from './setting-adapter.ts';

interface Policy {
  readonly minLength: number;
  readonly symbols: boolean;
  readonly numbers: boolean;
  readonly upperCase: boolean;
  readonly lowerCase: boolean;
  readonly usersMayChange: boolean;
  readonly maxAge: number | null;
  readonly remembers: number | null;
  readonly hardExpiry: boolean;
}

export const passwordPolicyAdapter: SettingAdapter<Policy> = {
  async read({ iam }) {
    try {
      const { PasswordPolicy: set } = await iam.send(new GetAccountPasswordPolicyCommand({}));
      return {
        is: 'set',
        content: {
          minLength: set?.MinimumPasswordLength ?? 6,
          symbols: set?.RequireSymbols === true,
          numbers: set?.RequireNumbers === true,
          upperCase: set?.RequireUppercaseCharacters === true,
          lowerCase: set?.RequireLowercaseCharacters === true,
          usersMayChange: set?.AllowUsersToChangePassword === true,
          // Absent or 0: never.
          maxAge: set?.MaxPasswordAge || null,
          remembers: set?.PasswordReusePrevention || null,
          hardExpiry: set?.HardExpiry === true,
        },
      };
    } catch (thrown) {
      if (isNamed(thrown, 'NoSuchEntityException')) return { is: 'set', content: null };
      throw thrown;
    }
  },
  async write({ iam }, _place, { to }) {
    if (to === null) {
      await iam.send(new DeleteAccountPasswordPolicyCommand({}));
      return;
    }
    await iam.send(
      new UpdateAccountPasswordPolicyCommand({
        MinimumPasswordLength: to.minLength,
        RequireSymbols: to.symbols,
        RequireNumbers: to.numbers,
        RequireUppercaseCharacters: to.upperCase,
        RequireLowercaseCharacters: to.lowerCase,
        AllowUsersToChangePassword: to.usersMayChange,
        HardExpiry: to.hardExpiry,
        ...(to.maxAge !== null && { MaxPasswordAge: to.maxAge }),
        ...(to.remembers !== null && { PasswordReusePrevention: to.remembers }),
      }),
    );
  },
  // An account has none that a stack would set.
  tags: async () => ({}),
  // Two that write at once (IAM API Reference, UpdateAccountPasswordPolicy).
  again: ['EntityTemporarilyUnmodifiableException', 'ConcurrentModificationException'],
  // It was deleted already.
  done: ['NoSuchEntityException'],
};
