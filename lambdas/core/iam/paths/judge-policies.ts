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

const principal = heldPolicies.extend({
  arn: z.string().regex(/^arn:[a-z-]+:iam::\d{12}:(?:user|role)\/[!-~]{1,512}$/),
});
const list = z.strictObject({ principals: z.array(principal).max(100_000) });

/**
 * The ways to more rights that policies give, and whether they come to administrator rights for sure. `inventory` are the others of the account: the answer of
 * `GetAccountAuthorizationDetails`, or `{principals: [{arn, identityPolicies, boundary?, trust?}]}`. Throws IamError where a document cannot be read.
 */
export function judgePolicies(
  held: HeldPolicies,
  inventory?: unknown,
): { readonly admin: boolean; readonly paths: readonly FoundPath[] } {
  const kind = held.trust == null ? undefined : 'role';
  const actor = toActor(held, { kind, arn: undefined, groups: undefined, policies: undefined });
  const others = inventory == null ? undefined : readInventory(inventory);
  if (others !== undefined) findLeads(others);
  const paths = findPaths(actor, others);
  return { admin: isEffectiveAdministrator(actor, paths), paths };
}

function toActor({ identityPolicies, boundary }: HeldPolicies, identity: Actor['identity']): Actor {
  const policies = identityPolicies.map((one, at) => new HeldPolicy(`policy ${at + 1}`, parsePolicy(one)));
  const bound = boundary == null ? undefined : new HeldPolicy('the boundary', parsePolicy(boundary));
  return makeActor(identity, { policies, boundary: bound });
}

function readInventory(inventory: unknown): Population {
  if (typeof inventory !== 'object' || inventory === null || !('principals' in inventory)) {
    const { population, unread } = populate(parseAccount(inventory));
    const [first] = unread;
    if (first !== undefined) throw new IamError('malformed', `${first.resource}: ${first.because}`);
    return population;
  }
  const { principals } = matchShape(inventory, list, 'the inventory');
  return new Population(principals.map(toMember), []);
}

function toMember(one: z.output<typeof principal>): Member {
  const [, account = '', kind] = /^arn:[^:]*:iam::(\d{12}):(user|role)\//.exec(one.arn) ?? [];
  const isRole = kind === 'role';
  return {
    arn: one.arn,
    kind: isRole ? 'role' : 'user',
    actor: toActor(one, { kind: isRole ? 'role' : 'user', arn: one.arn, groups: undefined, policies: undefined }),
    trust: one.trust == null ? undefined : readTrust(parsePolicy(one.trust), account),
    kept: /:role\/aws-(?:service-role|reserved)\//.test(one.arn),
  };
}
