import { partitionOf } from '../../aws-names.ts';
import type { Reason } from '../../errors.ts';
import type { Threat } from '../threat.ts';

/**
 * Who is contained. The id is what GuardDuty or an operator named: where another principal has the name now, nothing is done to that one.
 *
 * - `user`: an IAM user with all its credentials.
 * - `session`: one session of a role, as `aws:userid` names it; for an instance or a function all that it ever gets, since its sessions have one name.
 * - `role`: every session of a role that was issued before a time.
 */
export type Target =
  | {
      readonly kind: 'user';
      readonly account: string;
      readonly partition: string;
      readonly name: string;
      readonly uniqueId: string;
    }
  | {
      readonly kind: 'session';
      readonly account: string;
      readonly partition: string;
      readonly name: string;
      readonly uniqueId: string;
      readonly session: string;
    }
  | {
      readonly kind: 'role';
      readonly account: string;
      readonly partition: string;
      readonly name: string;
      readonly uniqueId: string;
    };

/** Names and ids as IAM forms them (IAM User Guide, "IAM identifiers"; STS API Reference, AssumeRole). Nothing in them means anything in a policy. */
const NAME = /^[\w+=,.@-]{1,64}$/;
const USER_ID = /^AIDA[A-Z0-9]{12,124}$/;
const SESSION = /^(AROA[A-Z0-9]{12,124}):([\w+=,.@-]{2,64})$/;

/** The ARN of a target without the path of its principal, which no event tells. One row and one finding of containment each. */
export function nameTarget(target: Target): string {
  const { partition, account, name } = target;
  switch (target.kind) {
    case 'user':
      return `arn:${partition}:iam::${account}:user/${name}`;
    case 'role':
      return `arn:${partition}:iam::${account}:role/${name}`;
    case 'session':
      return `arn:${partition}:sts::${account}:assumed-role/${name}/${target.session}`;
  }
}

/** Reads back what `nameTarget` wrote; undefined for anything else. */
export function readTarget(name: string, uniqueId: string): Target | undefined {
  const [, partition, account, kind, user] = /^arn:(aws[a-z-]*):iam::(\d{12}):(user|role)\/([^/]+)$/.exec(name) ?? [];
  if (partition !== undefined && account !== undefined && user !== undefined && NAME.test(user)) {
    return { kind: kind === 'user' ? 'user' : 'role', account, partition, name: user, uniqueId };
  }
  const [, part, owner, role, session] =
    /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{2,64})$/.exec(name) ?? [];
  if (part === undefined || owner === undefined || role === undefined || session === undefined) return undefined;
  return { kind: 'session', account: owner, partition: part, name: role, uniqueId, session };
}

/** The ARN in IAM under which the principal of a target is read. */
export function principalOf({ kind, partition, account, name }: Target): string {
  return `arn:${partition}:iam::${account}:${kind === 'user' ? 'user' : 'role'}/${name}`;
}

/**
 * Who is behind a threat about a credential, or why nobody can be contained for it (GuardDuty API Reference, AccessKeyDetails). `scope` says whether a session is
 * contained alone or with all others of its role.
 */
export function findTarget(
  { subject, account, region }: Pick<Threat, 'subject' | 'account' | 'region'>,
  scope: 'one' | 'all',
): Target | Reason {
  if (subject.kind !== 'credential') {
    return { code: 'no-containment', message: 'Countersign contains credentials only.' };
  }
  const { userType, userName: name, principalId } = subject;
  const common = { account, partition: partitionOf(region), name };
  if (userType === 'Root') {
    return {
      code: 'root',
      message:
        'Nothing in an account restrains its root user: deny it by a service control policy, or ask AWS Support.',
    };
  }
  if (!NAME.test(name)) return unnamed(userType);
  if (userType === 'IAMUser' && USER_ID.test(principalId)) return { kind: 'user', ...common, uniqueId: principalId };
  const [, uniqueId, session] = SESSION.exec(principalId) ?? [];
  if (userType !== 'AssumedRole' || uniqueId === undefined || session === undefined) return unnamed(userType);
  return scope === 'all' ? { kind: 'role', ...common, uniqueId } : { kind: 'session', ...common, uniqueId, session };
}

function unnamed(userType: string): Reason {
  return {
    code: 'no-principal',
    message: `GuardDuty names no user and no session of a role of this account (${userType.slice(0, 64)}).`,
  };
}
