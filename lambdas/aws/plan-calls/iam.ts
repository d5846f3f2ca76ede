import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyVersionCommand,
  DeleteGroupPolicyCommand,
  DeleteLoginProfileCommand,
  DeletePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  type IAMClient,
  NoSuchEntityException,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SetDefaultPolicyVersionCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
} from '@aws-sdk/client-iam';
import type { Reason } from '../../core/errors.ts';
import { isSameDocument } from '../../core/iam/same-document.ts';
import type { IamCall } from '../../core/ledger/calls/iam.ts';
import type { Standing } from '../../core/ledger/execute.ts';
import { listVersions, readSlot } from '../iam-slots.ts';
import { explainRefusal } from '../refusal.ts';

/** How IAM stands to a call, read now. */
export async function lookAtIam(iam: IAMClient, call: IamCall): Promise<Standing> {
  const content = await readContent(iam, call);
  if (content === 'gone') return { is: 'gone', observed: 'what the call would change is not there any more' };
  if (isSame(content, call.to)) return { is: 'after', observed: observe(call, content) };
  return { is: isSame(content, call.from) ? 'before' : 'elsewhere', observed: observe(call, content) };
}

async function readContent(iam: IAMClient, call: IamCall): Promise<string | null | 'gone'> {
  try {
    const content = await readSlot(iam, call);
    // A credential is there, on or off, or was deleted.
    return content === null && (call.slot === 'access-key' || call.slot === 'credential') ? 'gone' : content;
  } catch (thrown) {
    if (thrown instanceof NoSuchEntityException) return 'gone';
    throw thrown;
  }
}

function isSame(content: string | null, expected: string | null): boolean {
  if (content === null || expected === null) return content === expected;
  return isSameDocument(content, expected);
}

/** Ids and sizes only: documents stay out of the history. */
function observe({ slot }: IamCall, content: string | null): string {
  if (content === null) return `${slot} is empty`;
  return content.length > 200 || content.includes('{')
    ? `${slot} holds a document of ${content.length} characters`
    : `${slot} is ${content}`;
}

/** These say that somebody else writes at the same time (IAM API Reference, common errors of each call): the state is to be read again. */
const BUSY = new Set(['ConcurrentModificationException', 'EntityTemporarilyUnmodifiableException']);

/** Makes a call. Returns why IAM refuses it for good (a quota is for good: the plan did not make room); throws where another try may succeed. */
export async function performOnIam(iam: IAMClient, call: IamCall): Promise<Reason | undefined> {
  try {
    await send(iam, call);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Error && BUSY.has(thrown.name)) throw thrown;
    if (thrown instanceof Error && thrown.name === 'LimitExceededException') {
      return { code: 'refused', message: `LimitExceededException: ${thrown.message.slice(0, 300)}` };
    }
    const reason = explainRefusal(thrown);
    if (reason === undefined) throw thrown;
    return reason;
  }
}

async function send(iam: IAMClient, call: IamCall): Promise<void> {
  switch (call.slot) {
    case 'inline-policy':
      return setInline(iam, call);
    case 'attachment':
      return setAttachment(iam, call);
    case 'trust':
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: call.role, PolicyDocument: call.to }));
      return;
    case 'boundary':
      return setBoundary(iam, call);
    case 'membership': {
      const member = { UserName: call.user, GroupName: call.group };
      await (call.to === null
        ? iam.send(new RemoveUserFromGroupCommand(member))
        : iam.send(new AddUserToGroupCommand(member)));
      return;
    }
    case 'access-key':
      await iam.send(new UpdateAccessKeyCommand({ UserName: call.user, AccessKeyId: call.keyId, Status: call.to }));
      return;
    case 'credential':
      return setCredential(iam, call);
    case 'login-profile':
      await iam.send(new DeleteLoginProfileCommand({ UserName: call.user }));
      return;
    case 'default-document':
      return setDefault(iam, call);
    case 'spare-version':
      return setSpare(iam, call);
  }
}

type Slot<Name extends IamCall['slot']> = Extract<IamCall, { slot: Name }>;

async function setInline(iam: IAMClient, { holder: { kind, name }, policy, to }: Slot<'inline-policy'>): Promise<void> {
  const PolicyName = policy;
  const put = to === null ? undefined : { PolicyName, PolicyDocument: to };
  switch (kind) {
    case 'role':
      await (put
        ? iam.send(new PutRolePolicyCommand({ RoleName: name, ...put }))
        : iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName })));
      return;
    case 'user':
      await (put
        ? iam.send(new PutUserPolicyCommand({ UserName: name, ...put }))
        : iam.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName })));
      return;
    case 'group':
      await (put
        ? iam.send(new PutGroupPolicyCommand({ GroupName: name, ...put }))
        : iam.send(new DeleteGroupPolicyCommand({ GroupName: name, PolicyName })));
  }
}

async function setAttachment(
  iam: IAMClient,
  { holder: { kind, name }, policyArn, to }: Slot<'attachment'>,
): Promise<void> {
  const PolicyArn = policyArn;
  switch (kind) {
    case 'role': {
      const input = { RoleName: name, PolicyArn };
      await (to === null ? iam.send(new DetachRolePolicyCommand(input)) : iam.send(new AttachRolePolicyCommand(input)));
      return;
    }
    case 'user': {
      const input = { UserName: name, PolicyArn };
      await (to === null ? iam.send(new DetachUserPolicyCommand(input)) : iam.send(new AttachUserPolicyCommand(input)));
      return;
    }
    case 'group': {
      const input = { GroupName: name, PolicyArn };
      await (to === null
        ? iam.send(new DetachGroupPolicyCommand(input))
        : iam.send(new AttachGroupPolicyCommand(input)));
    }
  }
}

async function setCredential(iam: IAMClient, { user, credential, id, to }: Slot<'credential'>): Promise<void> {
  const input = { UserName: user, Status: to };
  switch (credential) {
    case 'ssh-key':
      await iam.send(new UpdateSSHPublicKeyCommand({ ...input, SSHPublicKeyId: id }));
      return;
    case 'service-credential':
      await iam.send(new UpdateServiceSpecificCredentialCommand({ ...input, ServiceSpecificCredentialId: id }));
      return;
    case 'signing-certificate':
      await iam.send(new UpdateSigningCertificateCommand({ ...input, CertificateId: id }));
  }
}

async function setBoundary(iam: IAMClient, { holder: { kind, name }, to }: Slot<'boundary'>): Promise<void> {
  if (kind === 'role') {
    const RoleName = name;
    await (to === null
      ? iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))
      : iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: to })));
    return;
  }
  const UserName = name;
  await (to === null
    ? iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }))
    : iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: to })));
}

/** A version that holds the document comes into force; where there is none any more, one is made. */
async function setDefault(iam: IAMClient, { policyArn, to }: Slot<'default-document'>): Promise<void> {
  const known = (await listVersions(iam, policyArn)).find(({ document }) => isSameDocument(document, to));
  await (known === undefined
    ? iam.send(new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument: to, SetAsDefault: true }))
    : iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn: policyArn, VersionId: known.id })));
}

async function setSpare(iam: IAMClient, { policyArn, from, to }: Slot<'spare-version'>): Promise<void> {
  if (to !== null) {
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument: to, SetAsDefault: false }));
    return;
  }
  for (const { id, isDefault, document } of await listVersions(iam, policyArn)) {
    if (isDefault || from === null || !isSameDocument(document, from)) continue;
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn: policyArn, VersionId: id }));
  }
}
