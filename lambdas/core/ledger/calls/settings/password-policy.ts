import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** What IAM asks of the passwords of users of the account (IAM API Reference, UpdateAccountPasswordPolicy). What a call leaves out falls back to a default: all of it is named. */
export const passwordPolicy = defineSetting({
  /** The account. */
  target: /^\d{12}$/,
  content: z.strictObject({
    minLength: z.number().int().min(6).max(128),
    symbols: z.boolean(),
    numbers: z.boolean(),
    upperCase: z.boolean(),
    lowerCase: z.boolean(),
    usersMayChange: z.boolean(),
    /** Days; null: passwords do not expire. */
    maxAge: z.number().int().min(1).max(1095).nullable(),
    /** How many former passwords cannot be used again. */
    remembers: z.number().int().min(1).max(24).nullable(),
    /** Whether who let it expire needs an administrator. */
    hardExpiry: z.boolean(),
  }),
  canBeAbsent: true,
  actions: ['iam:DeleteAccountPasswordPolicy', 'iam:UpdateAccountPasswordPolicy'],
  actionFor: (to) => (to === null ? 'iam:DeleteAccountPasswordPolicy' : 'iam:UpdateAccountPasswordPolicy'),
  describe: (target, to) =>
    to === null
      ? `take the password policy from account ${target}`
      : `ask for passwords of ${to.minLength} characters in account ${target}`,
});
