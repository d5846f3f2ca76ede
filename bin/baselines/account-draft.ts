import { isDeepStrictEqual } from 'node:util';
import type { AccountIam, IamPrincipal, InlinePolicy, ManagedPolicy, Tags } from '../../lambdas/core/iam/account.ts';
import { parseIamArn } from '../../lambdas/core/iam/iam-arn.ts';
import { UndecidedError } from '../commands/command.ts';

export type HolderKind = IamPrincipal['kind'];

/** A principal as a template or a state file describes it. */
export interface DraftedHolder {
  readonly arn: string;
  readonly uniqueId: string;
  readonly trust?: string;
  readonly boundary?: string | undefined;
  readonly tags?: Tags;
  readonly maxSessionSeconds?: number | undefined;
}

interface Held {
  readonly holder: DraftedHolder;
  readonly inline: InlinePolicy[];
  readonly attached: Set<string>;
  readonly groups: Set<string>;
  readonly instanceProfiles: Set<string>;
}

/**
 * The IAM of an account put together from resources that stand apart in a file: a role here, its policies there. What is attached to somebody whom the file
 * does not describe is a refusal: a baseline of half a principal would take the other half away.
 */
export class AccountDraft {
  readonly #accountId: string;
  readonly #held = new Map<string, Held>();
  readonly #policies: ManagedPolicy[] = [];

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  addHolder(kind: HolderKind, holder: DraftedHolder): void {
    const name = nameOf(holder.arn, kind);
    if (this.#held.has(`${kind}/${name}`))
      throw new UndecidedError('described-twice', `${holder.arn} is described twice`);
    this.#held.set(`${kind}/${name}`, {
      holder,
      inline: [],
      attached: new Set(),
      groups: new Set(),
      instanceProfiles: new Set(),
    });
  }

  addPolicy(arn: string, uniqueId: string, document: string): void {
    const parsed = parseIamArn(arn);
    if (parsed?.type !== 'policy') throw new UndecidedError('not-an-arn', `${arn} is not the ARN of a policy`);
    const { name, path } = parsed;
    this.#policies.push({ arn, uniqueId, name, path, document, defaultVersion: 'v1', versions: ['v1'], tags: {} });
  }

  addInline(kind: HolderKind, holder: string, policy: InlinePolicy): void {
    const { inline } = this.#find(kind, holder);
    const same = inline.find(({ name }) => name === policy.name);
    if (same === undefined) inline.push(policy);
    else if (!isDeepStrictEqual(readJson(same.document), readJson(policy.document))) {
      throw new UndecidedError('described-twice', `${policy.name} of the ${kind} ${holder} is described twice`);
    }
  }

  attach(kind: HolderKind, holder: string, arn: string): void {
    this.#find(kind, holder).attached.add(arn);
  }

  addToGroup(user: string, group: string): void {
    this.#find('user', user).groups.add(group);
  }

  addInstanceProfile(role: string, arn: string): void {
    this.#find('role', role).instanceProfiles.add(arn);
  }

  /** The account, in the form in which it would have been read. */
  finish(): AccountIam {
    const of = (kind: HolderKind) =>
      [...this.#held].filter(([key]) => key.startsWith(`${kind}/`)).map(([, one]) => one);
    const common = ({ holder: { arn, uniqueId }, inline, attached }: Held) => {
      const { name = '', path = '/' } = parseIamArn(arn) ?? {};
      return { arn, uniqueId, name, path, inline, attached: [...attached] };
    };
    return {
      accountId: this.#accountId,
      roles: of('role').map((held) => ({
        kind: 'role',
        ...common(held),
        trust: held.holder.trust ?? '',
        boundary: held.holder.boundary,
        tags: held.holder.tags ?? {},
        instanceProfiles: [...held.instanceProfiles],
        maxSessionSeconds: held.holder.maxSessionSeconds,
      })),
      users: of('user').map((held) => ({
        kind: 'user',
        ...common(held),
        boundary: held.holder.boundary,
        tags: held.holder.tags ?? {},
        groups: [...held.groups],
      })),
      groups: of('group').map((held) => ({ kind: 'group', ...common(held) })),
      policies: this.#policies,
    };
  }

  #find(kind: HolderKind, name: string): Held {
    const found = this.#held.get(`${kind}/${name}`);
    if (found !== undefined) return found;
    throw new UndecidedError(
      'described-elsewhere',
      `something belongs to the ${kind} ${name}, which is not described here`,
    );
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UndecidedError('unreadable-policy', 'a policy is no JSON', { cause });
  }
}

function nameOf(arn: string, kind: HolderKind): string {
  const parsed = parseIamArn(arn);
  if (parsed?.type === kind) return parsed.name;
  throw new UndecidedError('not-an-arn', `${arn} is not the ARN of a ${kind}`);
}
