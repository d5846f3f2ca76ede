import type { BaselineState } from '../baseline/state.ts';
import { IamError } from '../errors.ts';
import { parsePolicy } from '../parse-policy.ts';
import { type Actor, makeActor } from './actor.ts';
import { isAdministrator } from './administrator.ts';
import { describePath } from './describe-path.ts';
import { findPaths } from './find-paths.ts';
import type { FoundPath } from './found-path.ts';
import { HeldPolicy, type Rights } from './rights.ts';

/** What the states of principals only name. */
export interface HeldDocuments {
  /** The document of a managed policy as it is now; undefined where it is not known. */
  documentOf(arn: string): string | undefined;
  /** What the members of a group have from it. */
  groupOf(name: string): GroupRights | undefined;
}

export interface GroupRights {
  readonly arn: string;
  readonly inline: readonly { readonly name: string; readonly document: unknown }[];
  readonly attached: readonly string[];
}

/** No way has to be gone any more. */
const ALL_RIGHTS = 'any: it has all rights of the account';

/**
 * The ways to more rights that a found state has and the signed one has not, or not for sure, in words: `iam-005 through statement 2 of inline policy x`. Without a
 * signed state all of them. Of the others in the account nothing is known, and each way says what it assumes. What cannot be read adds no way here: the comparison
 * of the states tells of it.
 */
export function findAddedPaths(
  signed: BaselineState | undefined,
  found: BaselineState,
  held: HeldDocuments,
): readonly string[] {
  // An unknown boundary bounds what was signed, and not what was found: rather a way too many is told than one too few.
  const before = signed === undefined ? undefined : toActor(signed, held, NOTHING);
  const after = toActor(found, held, undefined);
  if (isAdministrator(after.rights)) return before && isAdministrator(before.rights) ? [] : [ALL_RIGHTS];
  const known = new Map(before === undefined ? [] : findPaths(before).map((path) => [path.id, path]));
  return findPaths(after)
    .filter((path) => RANKS[path.status] > RANKS[known.get(path.id)?.status ?? 'blocked-by'])
    .toSorted((one, other) => RANKS[other.status] - RANKS[one.status])
    .map((path) => (path.status === 'possible' ? `${describePath(path)} (possible)` : describePath(path)));
}

const RANKS: Readonly<Record<FoundPath['status'], number>> = { proven: 2, possible: 1, 'blocked-by': 0 };
const NOTHING = new HeldPolicy('a boundary that is not known', { version: '2012-10-17', statements: [] });

function toActor(state: BaselineState, held: HeldDocuments, unknownBoundary: HeldPolicy | undefined): Actor {
  if (state.kind === 'policy') {
    return nobody({ policies: read('the policy', state.document), boundary: undefined });
  }
  const policies = readRights(state, held, '');
  if (state.kind === 'group') return nobody({ policies, boundary: undefined });
  const groups = state.kind === 'user' ? state.groups.map((name) => ({ name, rights: held.groupOf(name) })) : [];
  const ofGroups = groups.flatMap(({ name, rights }) =>
    rights === undefined ? [] : readRights(rights, held, ` of group ${name}`),
  );
  const identity = {
    kind: state.kind,
    arn: state.arn,
    groups: groups.flatMap(({ rights }) => rights?.arn ?? []),
    policies: [state, ...groups.flatMap(({ rights }) => rights ?? [])].flatMap(({ attached }) =>
      attached.filter((arn) => !/^arn:[^:]*:iam::aws:/.test(arn)),
    ),
  };
  const bounds = state.boundary === undefined ? [] : readManaged(state.boundary, held);
  const boundary = state.boundary === undefined ? undefined : (bounds[0] ?? unknownBoundary);
  const tags = Object.fromEntries(state.tags.map(({ key, value }) => [key, value]));
  return makeActor(identity, { policies: [...policies, ...ofGroups], boundary }, tags);
}

/** Somebody who holds the rights, whoever that is. */
function nobody(rights: Rights): Actor {
  return makeActor({ kind: undefined, arn: undefined, groups: undefined, policies: undefined }, rights);
}

function readRights(
  { inline, attached }: Pick<GroupRights, 'inline' | 'attached'>,
  held: HeldDocuments,
  whose: string,
): readonly HeldPolicy[] {
  return [
    ...inline.flatMap(({ name, document }) => read(`inline policy ${name}${whose}`, document)),
    ...attached.flatMap((arn) => readManaged(arn, held)),
  ];
}

function readManaged(arn: string, held: HeldDocuments): readonly HeldPolicy[] {
  const document = held.documentOf(arn);
  return document === undefined ? [] : read(arn, document);
}

function read(name: string, document: unknown): readonly HeldPolicy[] {
  try {
    return [new HeldPolicy(name, parsePolicy(document))];
  } catch (thrown) {
    if (thrown instanceof IamError) return [];
    throw thrown;
  }
}
