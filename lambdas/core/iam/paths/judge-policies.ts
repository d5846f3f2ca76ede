import * as z from 'zod';
import { matchShape } from '../../signature/json.ts';
import { IamError } from '../errors.ts';
import { parseAccount } from '../parse-account.ts';
import { parsePolicy } from '../parse-policy.ts';
import { populate } from './account-actors.ts';
import { type Actor, makeActor } from './actor.ts';
import { findLeads } from './find-account-paths.ts';
import { findPaths, isEffectiveAdministrator } from './find-paths.ts';
import type { FoundPath } from './found-path.ts';
import { type Member, Population } from './population.ts';
import { readTrust } from './read-trust.ts';
import { HeldPolicy } from './rights.ts';

const document = z.union([z.string(), z.record(z.string(), z.unknown())]);
/** Somebody as far as policies tell. Documents are objects, or text as IAM takes or answers it. */
export const heldPolicies = z.looseObject({
  identityPolicies: z.array(document).max(1000),
  boundary: document.nullish(),
  /** Trust policy: whoever has one is a role. */
  trust: document.nullish(),
});
export type HeldPolicies = z.output<typeof heldPolicies>;

const arn = z.string().max(2048).startsWith('arn:');
const principalArn = /^arn:[a-z0-9-]+:iam::(\d{12}):(user|role)\/[!-~]{1,512}$/;
/** Something there is in the account: only its ARN, or a principal with what it holds. */
const thing = z.union([
  arn.transform((text) => ({ arn: text, held: undefined })),
  z.looseObject({ arn }).transform(({ arn: text, ...rest }, context) => {
    if (rest.identityPolicies === undefined && rest.trust == null) return { arn: text, held: undefined };
    const held = heldPolicies.safeParse({ identityPolicies: [], ...rest });
    if (held.success && principalArn.test(text)) return { arn: text, held: held.data };
    context.addIssue(`${text.slice(0, 200)} is no user or role with documents`);
    return z.NEVER;
  }),
]);
const things = z.array(thing).max(100_000);
/** A list, or lists by any name. */
const inventoryShape = z.union([
  things,
  z.record(z.string(), things).transform((lists) => Object.values(lists).flat()),
]);

/**
 * The ways to more rights that policies give, and whether they come to administrator rights for sure. `inventory` is what there is besides in the account: the answer of
 * `GetAccountAuthorizationDetails`; or a list, or lists by name, of ARNs and of principals `{arn, identityPolicies, boundary?, trust?}`. Where it has principals somebody
 * among them has to be reached; where it has other ARNs a resource has to be among them. Throws IamError where a document cannot be read.
 */
export function judgePolicies(
  held: HeldPolicies,
  inventory?: unknown,
): { readonly admin: boolean; readonly paths: readonly FoundPath[] } {
  const kind = held.trust == null ? undefined : 'role';
  const { others, arns } = inventory == null ? NOTHING_KNOWN : readInventory(inventory);
  const actor = { ...toActor(held, { kind, arn: undefined, groups: undefined, policies: undefined }), things: arns };
  if (others !== undefined) findLeads(others);
  const paths = findPaths(actor, others);
  return { admin: isEffectiveAdministrator(actor, paths), paths };
}

interface Inventory {
  /** The principals of which more than the ARN is known. */
  readonly others: Population | undefined;
  readonly arns: readonly string[] | undefined;
}

const NOTHING_KNOWN: Inventory = { others: undefined, arns: undefined };
const DETAILS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];

function readInventory(inventory: unknown): Inventory {
  const isDetails =
    typeof inventory === 'object' && inventory !== null && DETAILS.some((name) => Object.hasOwn(inventory, name));
  if (isDetails) {
    const { population, unread } = populate(parseAccount(inventory));
    const [first] = unread;
    if (first !== undefined) throw new IamError('malformed', `${first.resource}: ${first.because}`);
    return { others: population, arns: undefined };
  }
  const known = matchShape(inventory, inventoryShape, 'the inventory');
  const members = known.flatMap(({ arn: name, held }) => (held === undefined ? [] : [toMember(name, held)]));
  const isWhole = known.some(({ held }) => held === undefined);
  return {
    others: members.length === 0 ? undefined : new Population(members, []),
    arns: isWhole ? known.map((one) => one.arn) : undefined,
  };
}

function toMember(name: string, held: HeldPolicies): Member {
  const [, account = '', type] = principalArn.exec(name) ?? [];
  const kind = type === 'role' ? 'role' : 'user';
  return {
    arn: name,
    kind,
    actor: toActor(held, { kind, arn: name, groups: undefined, policies: undefined }),
    trust: held.trust == null ? undefined : readTrust(parsePolicy(held.trust), account),
    kept: /:role\/aws-(?:service-role|reserved)\//.test(name),
  };
}

function toActor({ identityPolicies, boundary }: HeldPolicies, identity: Actor['identity']): Actor {
  const policies = identityPolicies.map((one, at) => new HeldPolicy(`policy ${at + 1}`, parsePolicy(one)));
  const bound = boundary == null ? undefined : new HeldPolicy('the boundary', parsePolicy(boundary));
  return makeActor(identity, { policies, boundary: bound });
}
