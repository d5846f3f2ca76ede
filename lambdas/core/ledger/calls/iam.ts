import { z } from 'zod';
import { accountId } from '../../aws-names.ts';

const name = z.string().regex(/^[\w+=,.@-]{1,128}$/);
const policyArn = z.string().regex(/^arn:[a-z-]+:iam::(?:aws|\d{12}):policy\/[\x21-\x7e]{1,640}$/);
/** As IAM stores it, white space included: an undo restores every character. */
const document = z.string().min(1).max(32_768);
const holder = z.strictObject({ kind: z.enum(['role', 'user', 'group']), name });
const holderKind = z.enum(['Role', 'User', 'Group']);
const bounded = z.strictObject({ kind: z.enum(['role', 'user']), name });

/**
 * The calls to IAM that a plan may hold. Each sets one *slot* from one content to another and names both: `from` is the state that the plan was made from (in
 * another one the call is not made), and with the two exchanged it is its own inverse, but for `login-profile`, which nothing brings back. `null` is an empty slot.
 *
 * Versions of managed policies are slots by their document, since a version that was deleted comes back under another number: `default-document` is the one in
 * force, `spare-version` any other one.
 */
const slots = z.discriminatedUnion('slot', [
  z.strictObject({
    slot: z.literal('inline-policy'),
    action: z.templateLiteral(['iam:', z.enum(['Put', 'Delete']), holderKind, 'Policy']),
    account: accountId,
    holder,
    policy: name,
    ...ends(document.nullable()),
  }),
  z.strictObject({
    slot: z.literal('attachment'),
    action: z.templateLiteral(['iam:', z.enum(['Attach', 'Detach']), holderKind, 'Policy']),
    account: accountId,
    holder,
    policyArn,
    ...ends(z.literal('attached').nullable()),
  }),
  z.strictObject({
    slot: z.literal('trust'),
    action: z.literal('iam:UpdateAssumeRolePolicy'),
    account: accountId,
    role: name,
    ...ends(document),
  }),
  z.strictObject({
    slot: z.literal('boundary'),
    action: z.templateLiteral(['iam:', z.enum(['Put', 'Delete']), z.enum(['Role', 'User']), 'PermissionsBoundary']),
    account: accountId,
    holder: bounded,
    ...ends(policyArn.nullable()),
  }),
  z.strictObject({
    slot: z.literal('membership'),
    action: z.enum(['iam:AddUserToGroup', 'iam:RemoveUserFromGroup']),
    account: accountId,
    user: name,
    group: name,
    ...ends(z.literal('member').nullable()),
  }),
  z.strictObject({
    slot: z.literal('access-key'),
    action: z.literal('iam:UpdateAccessKey'),
    account: accountId,
    user: name,
    keyId: z.string().regex(/^\w{16,128}$/),
    ...ends(z.enum(['Active', 'Inactive'])),
  }),
  z.strictObject({
    slot: z.literal('credential'),
    action: z.enum(['iam:UpdateSSHPublicKey', 'iam:UpdateServiceSpecificCredential', 'iam:UpdateSigningCertificate']),
    account: accountId,
    user: name,
    credential: z.enum(['ssh-key', 'service-credential', 'signing-certificate']),
    id: z.string().regex(/^\w{16,128}$/),
    ...ends(z.enum(['Active', 'Inactive'])),
  }),
  z.strictObject({
    slot: z.literal('login-profile'),
    action: z.literal('iam:DeleteLoginProfile'),
    account: accountId,
    user: name,
    from: z.literal('password'),
    to: z.null(),
  }),
  z.strictObject({
    slot: z.literal('default-document'),
    action: z.literal('iam:SetDefaultPolicyVersion'),
    account: accountId,
    policyArn,
    ...ends(document),
  }),
  z.strictObject({
    slot: z.literal('spare-version'),
    action: z.enum(['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion']),
    account: accountId,
    policyArn,
    ...ends(document.nullable()),
  }),
]);

function ends<T extends z.ZodType>(content: T): { readonly from: T; readonly to: T } {
  return { from: content, to: content };
}

export type IamCall = z.infer<typeof slots>;

export const iamCall: z.ZodType<IamCall> = slots
  .refine(({ from, to }) => from !== to, 'a call changes something')
  .refine((one) => one.action === actionOf(one), 'the action is not that of the slot');

type WithoutAction<Call> = Call extends unknown ? Omit<Call, 'action'> : never;
/** A call without the name of its API action, which follows from the rest. */
export type IamChange = WithoutAction<IamCall>;

/** Completes a call. Throws a ZodError where IAM would refuse its names. */
export function toIamCall(change: IamChange): IamCall {
  return iamCall.parse({ ...change, action: actionOf(change) });
}

/** The call that takes a call back; undefined where nothing does. */
export function invertIamCall(one: IamCall): IamCall | undefined {
  if (one.slot === 'login-profile') return undefined;
  const turned = { ...one, from: one.to, to: one.from };
  return iamCall.parse({ ...turned, action: actionOf(slots.parse({ ...turned, action: one.action })) });
}

const KINDS = { role: 'Role', user: 'User', group: 'Group' } as const;

const CREDENTIALS = {
  'ssh-key': { action: 'iam:UpdateSSHPublicKey', words: 'SSH key' },
  'service-credential': { action: 'iam:UpdateServiceSpecificCredential', words: 'service credential' },
  'signing-certificate': { action: 'iam:UpdateSigningCertificate', words: 'signing certificate' },
} as const;

/** The API action that sets a slot (IAM API Reference). */
function actionOf(one: IamChange): IamCall['action'] {
  switch (one.slot) {
    case 'inline-policy':
      return `iam:${one.to === null ? 'Delete' : 'Put'}${KINDS[one.holder.kind]}Policy`;
    case 'attachment':
      return `iam:${one.to === null ? 'Detach' : 'Attach'}${KINDS[one.holder.kind]}Policy`;
    case 'trust':
      return 'iam:UpdateAssumeRolePolicy';
    case 'boundary':
      return `iam:${one.to === null ? 'Delete' : 'Put'}${KINDS[one.holder.kind]}PermissionsBoundary`;
    case 'membership':
      return one.to === null ? 'iam:RemoveUserFromGroup' : 'iam:AddUserToGroup';
    case 'access-key':
      return 'iam:UpdateAccessKey';
    case 'credential':
      return CREDENTIALS[one.credential].action;
    case 'login-profile':
      return 'iam:DeleteLoginProfile';
    case 'default-document':
      return 'iam:SetDefaultPolicyVersion';
    case 'spare-version':
      return one.to === null ? 'iam:DeletePolicyVersion' : 'iam:CreatePolicyVersion';
  }
}

/** An IAM call in words, as the end of "it would …". */
export function describeIamCall(one: IamCall): string {
  switch (one.slot) {
    case 'inline-policy': {
      const where = `inline policy ${one.policy} of ${one.holder.kind} ${one.holder.name}`;
      if (one.to === null) return `delete the ${where}`;
      return one.from === null ? `put the ${where}` : `set the ${where} back to its former document`;
    }
    case 'attachment': {
      const who = `${one.holder.kind} ${one.holder.name}`;
      return one.to === null ? `detach ${one.policyArn} from ${who}` : `attach ${one.policyArn} to ${who}`;
    }
    case 'trust':
      return `set the trust policy of role ${one.role} back to its former document`;
    case 'boundary': {
      const who = `${one.holder.kind} ${one.holder.name}`;
      return one.to === null
        ? `take the permissions boundary from ${who}`
        : `set the permissions boundary of ${who} to ${one.to}`;
    }
    case 'membership':
      return one.to === null
        ? `take user ${one.user} out of group ${one.group}`
        : `put user ${one.user} into group ${one.group}`;
    case 'access-key':
      return `${one.to === 'Inactive' ? 'deactivate' : 'activate'} access key ${one.keyId} of user ${one.user}`;
    case 'credential': {
      const what = `${CREDENTIALS[one.credential].words} ${one.id} of user ${one.user}`;
      return `${one.to === 'Inactive' ? 'deactivate' : 'activate'} ${what}`;
    }
    case 'login-profile':
      return `delete the password for the console of user ${one.user}`;
    case 'default-document':
      return `set ${one.policyArn} back to its former document`;
    case 'spare-version':
      return one.to === null
        ? `delete the versions of ${one.policyArn} that are not in force and hold a document nobody signed`
        : `keep another version of ${one.policyArn}`;
  }
}
