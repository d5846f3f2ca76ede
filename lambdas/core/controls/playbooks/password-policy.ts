import { passwordPolicy } from '../../ledger/calls/settings/password-policy.ts';
import { definePlaybook } from './define-playbook.ts';

/** What the Config rule asks for unless it is told otherwise (AWS Config developer guide, iam-password-policy). */
const LEAST = { minLength: 14, remembers: 24, maxAge: 90 };

/** What an account without a policy has (IAM User Guide, "Default password policy"). */
const DEFAULT = { minLength: 8, usersMayChange: true, maxAge: null, remembers: null };

/** An account that takes weak passwords. What is stricter already stays; who lets a password expire is never locked out by it. */
export const passwordPolicyPlaybook = definePlaybook(
  {
    rules: ['iam-password-policy'],
    controls: ['IAM.7', 'IAM.10', 'IAM.11', 'IAM.12', 'IAM.13', 'IAM.14', 'IAM.15', 'IAM.16', 'IAM.17'],
    resourceType: 'AWS::::Account',
    setting: 'password-policy',
    target: ({ account }) => account,
    nameOf: ({ id }) => `AWS::::Account:${id}`,
    decide(content) {
      const { minLength, usersMayChange, maxAge, remembers } = content ?? DEFAULT;
      const isAged = maxAge !== null && maxAge <= LEAST.maxAge;
      const to = {
        ...{ symbols: true, numbers: true, upperCase: true, lowerCase: true, usersMayChange },
        minLength: Math.max(minLength, LEAST.minLength),
        maxAge: isAged ? maxAge : LEAST.maxAge,
        remembers: Math.max(remembers ?? 0, LEAST.remembers),
        hardExpiry: isAged && content?.hardExpiry === true,
      };
      return { is: 'change', to };
    },
    effect: 'Passwords that are there go on until they are 90 days old; then their users have to choose another one.',
    inTemplate: 'nothing: it is a setting of the account',
  },
  passwordPolicy,
);
