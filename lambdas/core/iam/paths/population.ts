import type { Actor } from './actor.ts';
import { isAdministrator, isUnlimited } from './administrator.ts';
import type { RoleTrust } from './read-trust.ts';

/** Somebody in an account. */
export interface Member {
  readonly arn: string;
  readonly kind: 'user' | 'role';
  readonly actor: Actor;
  /** Of a role whose trust policy could be read. */
  readonly trust: RoleTrust | undefined;
  /** AWS keeps it (service-linked, Identity Center): nobody in the account changes it. */
  readonly kept: boolean;
}

export interface Group {
  readonly arn: string;
  readonly isAdministrator: boolean;
}

/** Those of an account who can be become, by what leads to them. Lists are sorted by ARN. */
export class Population {
  readonly members: readonly Member[];
  readonly groups: readonly Group[];
  readonly #byArn: ReadonlyMap<string, Member>;
  /** Roles by the service, or the principal, that their trust policy names; under the empty name those that trust the account. */
  readonly #trusting = new Map<string, Member[]>();
  readonly #free: Readonly<Record<Member['kind'], readonly Member[]>>;
  /** Those who are administrators or lead there, so far. */
  readonly #leading: Readonly<Record<Member['kind'], Set<Member>>> = { user: new Set(), role: new Set() };

  constructor(members: readonly Member[], groups: readonly Group[]) {
    this.members = members.toSorted((one, other) => (one.arn < other.arn ? -1 : 1));
    this.groups = groups;
    this.#byArn = new Map(this.members.map((member) => [member.arn, member]));
    const free = this.members.filter((member) => this.isFree(member));
    this.#free = { user: free.filter(({ kind }) => kind === 'user'), role: free.filter(({ kind }) => kind === 'role') };
    for (const member of this.members) {
      const { services = [], principals = [], account = [] } = member.trust ?? {};
      for (const name of new Set([...services, ...principals].map((line) => line.name)))
        this.#addTrusting(name, member);
      if (account.length > 0) this.#addTrusting('', member);
      if (isAdministrator(member.actor.rights)) this.#leading[member.kind].add(member);
    }
  }

  #addTrusting(name: string, member: Member): void {
    const members = this.#trusting.get(name);
    if (members === undefined) this.#trusting.set(name, [member]);
    else members.push(member);
  }

  find(arn: string): Member | undefined {
    return this.#byArn.get(arn);
  }

  leads(member: Member): boolean {
    return this.#leading[member.kind].has(member);
  }

  markLeading(member: Member): void {
    this.#leading[member.kind].add(member);
  }

  /** Roles that trust a service or a principal by name, or (undefined) the account. */
  trusting(name: string | undefined): readonly Member[] {
    return this.#trusting.get(name ?? '') ?? [];
  }

  /** Those whom more rights would make administrators: nothing limits them. */
  isFree({ kept, actor }: Member): boolean {
    return !kept && isUnlimited(actor.rights);
  }

  free(kind: Member['kind']): readonly Member[] {
    return this.#free[kind];
  }

  leading(kind: Member['kind']): readonly Member[] {
    return [...this.#leading[kind]];
  }
}
