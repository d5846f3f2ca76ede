import { messageOf } from '../../errors.ts';
import type { AccountIam, IamGroup, IamRole, IamUser } from '../account.ts';
import { IamError } from '../errors.ts';
import { parsePolicy } from '../parse-policy.ts';
import { makeActor } from './actor.ts';
import { isAdministrator } from './administrator.ts';
import { type Group, type Member, Population } from './population.ts';
import { type RoleTrust, readTrust } from './read-trust.ts';
import { HeldPolicy } from './rights.ts';

/** A document that could not be read: what it gives is not known. */
export interface Unread {
  /** ARN of the principal or policy. */
  readonly resource: string;
  readonly because: string;
}

/** Everybody in an account, with what they hold put together. Managed policies are read once, however many hold them. */
export function populate(account: AccountIam): { readonly population: Population; readonly unread: readonly Unread[] } {
  const unread: Unread[] = [];
  const read = (resource: string, name: string, text: string): HeldPolicy | undefined => {
    try {
      return new HeldPolicy(name, parsePolicy(text));
    } catch (thrown) {
      if (!(thrown instanceof IamError)) throw thrown;
      unread.push({ resource, because: `${name}: ${messageOf(thrown)}` });
      return undefined;
    }
  };
  const managed = new Map(account.policies.map(({ arn, document }) => [arn, read(arn, arn, document)]));
  const missing = new Set<string>();
  const findManaged = (arn: string): HeldPolicy | undefined => {
    if (!managed.has(arn) && !missing.has(arn)) {
      missing.add(arn);
      unread.push({ resource: arn, because: 'its document is not among the details' });
    }
    return managed.get(arn);
  };
  const hold = ({ arn, inline, attached }: Pick<IamUser, 'arn' | 'inline' | 'attached'>, whose = '') =>
    [
      ...inline.map(({ name, document }) => read(arn, `inline policy ${name}${whose}`, document)),
      ...attached.map(findManaged),
    ].filter((policy) => policy !== undefined);
  const groups = new Map(
    account.groups.map((group) => [group.name, { group, policies: hold(group, ` of group ${group.name}`) }]),
  );

  const toMember = (principal: IamRole | IamUser): Member => {
    const memberships = principal.kind === 'user' ? principal.groups.flatMap((name) => groups.get(name) ?? []) : [];
    const boundary = principal.boundary === undefined ? undefined : (findManaged(principal.boundary) ?? NOTHING);
    const rights = { policies: [...hold(principal), ...memberships.flatMap(({ policies }) => policies)], boundary };
    const identity = {
      kind: principal.kind,
      arn: principal.arn,
      groups: memberships.map(({ group }) => group.arn),
      policies: [principal, ...memberships.map(({ group }) => group)].flatMap(({ attached }) =>
        attached.filter(isOfCustomer),
      ),
    };
    return {
      arn: principal.arn,
      kind: principal.kind,
      actor: makeActor(identity, rights, principal.tags),
      trust: principal.kind === 'role' ? readRoleTrust(principal) : undefined,
      kept: /^\/aws-(?:service-role|reserved)\//.test(principal.path),
    };
  };
  const trusts = new Map<string, RoleTrust>();
  const readRoleTrust = ({ arn, trust }: IamRole): RoleTrust | undefined => {
    try {
      const read = trusts.get(trust) ?? readTrust(parsePolicy(trust), account.accountId);
      trusts.set(trust, read);
      return read;
    } catch (thrown) {
      if (!(thrown instanceof IamError)) throw thrown;
      unread.push({ resource: arn, because: `trust policy: ${messageOf(thrown)}` });
      return undefined;
    }
  };
  const members = [...account.users, ...account.roles].map(toMember);
  return { population: new Population(members, [...groups.values()].map(toGroup)), unread };
}

function toGroup({ group, policies }: { readonly group: IamGroup; readonly policies: readonly HeldPolicy[] }): Group {
  return { arn: group.arn, isAdministrator: isAdministrator({ policies, boundary: undefined }) };
}

function isOfCustomer(arn: string): boolean {
  return !/^arn:[^:]*:iam::aws:/.test(arn);
}

/** Stands for a boundary whose document is not known: nothing that it may forbid is taken to be allowed. */
const NOTHING = new HeldPolicy('a boundary that is not known', { version: '2012-10-17', statements: [] });
