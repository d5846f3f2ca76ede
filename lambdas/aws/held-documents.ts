import { GetPolicyCommand, GetPolicyVersionCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { IamGroup } from '../core/iam/account.ts';
import type { BaselineState } from '../core/iam/baseline/state.ts';
import type { GroupRights, HeldDocuments } from '../core/iam/paths/find-added-paths.ts';
import { decodeDocument } from './iam-slots.ts';
import { readIamState } from './iam-state.ts';

/** Managed policies whose documents are read for one look: far above IAM's quota of 20 for a principal, with its groups. */
const MOST_POLICIES = 120;
/** IAM's quota of groups for a user is 10; twice, for what was signed and what was found. */
const MOST_GROUPS = 20;

/** Reads what some states name: the documents in force of managed policies and boundaries, and the groups of users. What is gone is not known. */
export async function readHeldDocuments(
  iam: IAMClient,
  account: string,
  states: readonly BaselineState[],
): Promise<HeldDocuments> {
  const partition = states[0]?.arn.split(':')[1] ?? 'aws';
  const names = unique(states.flatMap((state) => (state.kind === 'user' ? state.groups : []))).slice(0, MOST_GROUPS);
  const groups = new Map<string, IamGroup>();
  for (const name of names) {
    const group = await readIamState(iam, `arn:${partition}:iam::${account}:group/${name}`);
    if (group?.kind === 'group') groups.set(name, group);
  }
  const named = unique([
    ...states.flatMap((state) => ('boundary' in state && state.boundary !== undefined ? [state.boundary] : [])),
    ...states.flatMap((state) => ('attached' in state ? state.attached : [])),
    ...[...groups.values()].flatMap(({ attached }) => attached),
  ]).slice(0, MOST_POLICIES);
  const documents = new Map<string, string>();
  for (const arn of named) {
    const document = await readDocumentInForce(iam, arn);
    if (document !== undefined) documents.set(arn, document);
  }
  return {
    documentOf: (arn) => documents.get(arn),
    groupOf: (name): GroupRights | undefined => groups.get(name),
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

async function readDocumentInForce(iam: IAMClient, PolicyArn: string): Promise<string | undefined> {
  try {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId;
    if (VersionId === undefined) return undefined;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return decodeDocument(PolicyVersion?.Document);
  } catch (thrown) {
    if (thrown instanceof NoSuchEntityException) return undefined;
    throw thrown;
  }
}
