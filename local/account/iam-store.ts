import { EntityAlreadyExistsException, InvalidInputException, NoSuchEntityException } from '@aws-sdk/client-iam';
import { refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { AWS_POLICIES } from './iam-aws-policies.ts';

/** What roles, users and groups have in common. Documents are kept as they were sent. */
export interface StoredHolder {
  name: string;
  path: string;
  /** `AROA…`, `AIDA…`, `AGPA…`: another one for whoever is made again under an old name. */
  readonly id: string;
  readonly createdAt: number;
  readonly inline: Map<string, string>;
  /** ARNs. */
  readonly attached: Set<string>;
}

export interface StoredRole extends StoredHolder {
  readonly kind: 'role';
  trust: string;
  description: string | undefined;
  maxSessionSeconds: number;
  boundary: string | undefined;
  readonly tags: Map<string, string>;
}

export interface StoredKey {
  readonly id: string;
  readonly createdAt: number;
  status: 'Active' | 'Inactive';
}

export interface StoredUser extends StoredHolder {
  readonly kind: 'user';
  boundary: string | undefined;
  readonly tags: Map<string, string>;
  readonly keys: Map<string, StoredKey>;
  readonly sshKeys: Map<string, StoredKey>;
  readonly serviceCredentials: Map<string, StoredKey & { readonly service: string }>;
  readonly certificates: Map<string, StoredKey & { readonly body: string }>;
  /** Serial numbers, and when they were enabled. */
  readonly devices: Map<string, number>;
  login: { readonly createdAt: number; resetRequired: boolean } | undefined;
}

export interface StoredGroup extends StoredHolder {
  readonly kind: 'group';
  readonly members: Set<StoredUser>;
}

export interface StoredVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface StoredPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  updatedAt: number;
  /** The oldest first. */
  readonly versions: Map<string, StoredVersion>;
  defaultVersion: string;
  /** Numbers are never given twice. */
  lastVersion: number;
  readonly tags: Map<string, string>;
}

export interface StoredProfile {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  role: StoredRole | undefined;
}

const NAME = /^[\w+=,.@-]{1,128}$/;
const PATH = /^\/(?:[!-~]{1,510}\/)?$/;

/** Everything in IAM of one account, by name without case: two names never differ in case alone (IAM User Guide, "IAM and AWS STS quotas"). */
export class IamStore {
  readonly roles = new Map<string, StoredRole>();
  readonly users = new Map<string, StoredUser>();
  readonly groups = new Map<string, StoredGroup>();
  /** By ARN: those of the account and those of AWS. */
  readonly policies = new Map<string, StoredPolicy>();
  readonly profiles = new Map<string, StoredProfile>();
  readonly context: AccountContext;

  constructor(context: AccountContext) {
    this.context = context;
    for (const [name, document] of Object.entries(AWS_POLICIES)) this.addAwsPolicy(name, JSON.stringify(document));
  }

  role(name: string | undefined): StoredRole {
    return this.#find(this.roles, 'role', name);
  }

  user(name: string | undefined): StoredUser {
    return this.#find(this.users, 'user', name);
  }

  group(name: string | undefined): StoredGroup {
    return this.#find(this.groups, 'group', name);
  }

  profile(name: string | undefined): StoredProfile {
    const found = this.profiles.get(name?.toLowerCase() ?? '');
    if (found?.name !== name || found === undefined) throw missing(`Instance Profile ${name} cannot be found.`);
    return found;
  }

  policy(arn: string | undefined): StoredPolicy {
    const found = this.policies.get(arn ?? '');
    if (found === undefined) throw missing(`Policy ${arn} was not found.`);
    return found;
  }

  holders(): readonly (StoredRole | StoredUser | StoredGroup)[] {
    return [...this.users.values(), ...this.groups.values(), ...this.roles.values()];
  }

  arnOf({ kind, path, name }: StoredRole | StoredUser | StoredGroup): string {
    return `arn:aws:iam::${this.context.id}:${kind}${path}${name}`;
  }

  profileArn({ path, name }: StoredProfile): string {
    return `arn:aws:iam::${this.context.id}:instance-profile${path}${name}`;
  }

  /** The parts of something new. Throws InvalidInput for names and paths that are none, EntityAlreadyExists for a name that is taken. */
  claimName(
    taken: ReadonlyMap<string, { readonly name: string }>,
    prefix: string,
    what: string,
    name = '',
    path = '/',
  ): { readonly name: string; readonly path: string; readonly id: string; readonly createdAt: number } {
    this.checkName(taken, what, name);
    if (!PATH.test(path)) throw refusal(InvalidInputException, 'The specified value for path is invalid.');
    return { name, path, id: this.newUniqueId(prefix), createdAt: this.context.clock.now() };
  }

  checkName(taken: ReadonlyMap<string, { readonly name: string }>, what: string, name: string): void {
    if (!NAME.test(name)) {
      throw refusal(InvalidInputException, `The specified value for ${what.toLowerCase()}Name is invalid.`);
    }
    if (taken.has(name.toLowerCase())) {
      throw refusal(EntityAlreadyExistsException, `${what} with name ${name} already exists.`, 409);
    }
  }

  newUniqueId(prefix: string): string {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const random = () => letters.charAt(Math.floor(this.context.random() * letters.length));
    return `${prefix}${Array.from({ length: 17 }, random).join('')}`;
  }

  /** A policy of AWS, which nobody in the account can change. */
  addAwsPolicy(name: string, document: string): void {
    const arn = `arn:aws:iam::aws:policy/${name}`;
    const now = this.context.clock.now();
    this.policies.set(arn, {
      arn,
      name: name.slice(name.lastIndexOf('/') + 1),
      path: name.includes('/') ? `/${name.slice(0, name.lastIndexOf('/') + 1)}` : '/',
      id: `ANPAAWS${Buffer.from(name).toString('hex').toUpperCase().slice(0, 60)}`,
      createdAt: now,
      updatedAt: now,
      versions: new Map([['v1', { id: 'v1', document, createdAt: now }]]),
      defaultVersion: 'v1',
      lastVersion: 1,
      tags: new Map(),
    });
  }

  #find<Holder extends StoredHolder>(all: ReadonlyMap<string, Holder>, what: string, name: string | undefined): Holder {
    const found = all.get(name?.toLowerCase() ?? '');
    if (found?.name !== name || found === undefined) throw missing(`The ${what} with name ${name} cannot be found.`);
    return found;
  }
}

export function missing(message: string): NoSuchEntityException {
  return refusal(NoSuchEntityException, message, 404);
}
