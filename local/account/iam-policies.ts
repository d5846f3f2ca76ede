import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  InvalidInputException,
  LimitExceededException,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  type Policy,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { checkManagedPolicy, encodeDocument } from './iam-documents.ts';
import { takePage } from './iam-pages.ts';
import { conflict } from './iam-roles.ts';
import { type IamStore, missing, type StoredPolicy, type StoredVersion } from './iam-store.ts';
import { addTags, tagsOf } from './iam-tags.ts';

const MOST_VERSIONS = 5;

/** How many principals have it attached. */
export function countAttachments(store: IamStore, { arn }: StoredPolicy): number {
  return store.holders().filter(({ attached }) => attached.has(arn)).length;
}

export function countBoundaries(store: IamStore, { arn }: StoredPolicy): number {
  return store.holders().filter((holder) => holder.kind !== 'group' && holder.boundary === arn).length;
}

/** A policy as the API answers it. */
export function describePolicy(store: IamStore, policy: StoredPolicy): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: countAttachments(store, policy),
    PermissionsBoundaryUsageCount: countBoundaries(store, policy),
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  };
}

/** A version as the API answers it. */
export function describeVersion(policy: StoredPolicy, version: StoredVersion) {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersion,
    CreateDate: new Date(version.createdAt),
  };
}

/** Customer managed policies and their versions; those of AWS can be read. */
export function policyOperations(store: IamStore): [string, Operation][] {
  const { context } = store;
  const changeable = (arn: string | undefined) => {
    const policy = store.policy(arn);
    if (policy.arn.includes('::aws:')) throw refusal(InvalidInputException, `${arn} is a policy of AWS.`);
    return policy;
  };
  const addVersion = (policy: StoredPolicy, document: string) => {
    policy.lastVersion += 1;
    const version = { id: `v${policy.lastVersion}`, document, createdAt: context.clock.now() };
    policy.versions.set(version.id, version);
    policy.updatedAt = context.clock.now();
    return version;
  };
  const versionOf = (policy: StoredPolicy, id = '') => {
    const version = policy.versions.get(id);
    if (version === undefined) throw missing(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
    return version;
  };
  return [
    answers(CreatePolicyCommand, (input) => {
      const names = new Map(
        [...store.policies.values()]
          .filter(({ arn }) => !arn.includes('::aws:'))
          .map((policy) => [policy.name.toLowerCase(), policy]),
      );
      const { createdAt, ...claimed } = store.claimName(names, 'ANPA', 'Policy', input.PolicyName, input.Path);
      const policy: StoredPolicy = {
        ...claimed,
        arn: `arn:aws:iam::${context.id}:policy${claimed.path}${claimed.name}`,
        createdAt,
        updatedAt: createdAt,
        versions: new Map(),
        defaultVersion: 'v1',
        lastVersion: 0,
        tags: addTags(new Map(), input.Tags),
      };
      addVersion(policy, checkManagedPolicy(input.PolicyDocument));
      store.policies.set(policy.arn, policy);
      return { Policy: describePolicy(store, policy) };
    }),
    answers(GetPolicyCommand, ({ PolicyArn }) => {
      const policy = store.policy(PolicyArn);
      return {
        Policy: { ...describePolicy(store, policy), ...(policy.tags.size > 0 && { Tags: tagsOf(policy.tags) }) },
      };
    }),
    answers(ListPoliciesCommand, (input) => {
      const scope = input.Scope ?? 'All';
      const within = [...store.policies.values()].filter((policy) => {
        const inScope = scope === 'All' || (scope === 'AWS') === policy.arn.includes('::aws:');
        return inScope && (input.OnlyAttached !== true || countAttachments(store, policy) > 0);
      });
      const { items, rest } = takePage(within, ({ arn }) => arn, input);
      return { Policies: items.map((policy) => describePolicy(store, policy)), ...rest };
    }),
    answers(DeletePolicyCommand, ({ PolicyArn }) => {
      const policy = changeable(PolicyArn);
      if (countAttachments(store, policy) + countBoundaries(store, policy) > 0) {
        throw conflict('Cannot delete a policy attached to entities.');
      }
      if (policy.versions.size > 1)
        throw conflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      store.policies.delete(policy.arn);
      return {};
    }),
    answers(CreatePolicyVersionCommand, ({ PolicyArn, PolicyDocument, SetAsDefault }) => {
      const policy = changeable(PolicyArn);
      const document = checkManagedPolicy(PolicyDocument);
      if (policy.versions.size >= MOST_VERSIONS) {
        const message = `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`;
        throw refusal(LimitExceededException, message, 409);
      }
      const version = addVersion(policy, document);
      if (SetAsDefault === true) policy.defaultVersion = version.id;
      return { PolicyVersion: describeVersion(policy, version) };
    }),
    answers(GetPolicyVersionCommand, ({ PolicyArn, VersionId }) => {
      const policy = store.policy(PolicyArn);
      const version = versionOf(policy, VersionId);
      return { PolicyVersion: { ...describeVersion(policy, version), Document: encodeDocument(version.document) } };
    }),
    answers(ListPolicyVersionsCommand, (input) => {
      const policy = store.policy(input.PolicyArn);
      // The newest first.
      const { items, rest } = takePage(
        policy.versions.values(),
        ({ id }) => String(1_000_000_000 - Number(id.slice(1))),
        input,
      );
      return { Versions: items.map((version) => describeVersion(policy, version)), ...rest };
    }),
    answers(SetDefaultPolicyVersionCommand, ({ PolicyArn, VersionId }) => {
      const policy = changeable(PolicyArn);
      policy.defaultVersion = versionOf(policy, VersionId).id;
      policy.updatedAt = context.clock.now();
      return {};
    }),
    answers(DeletePolicyVersionCommand, ({ PolicyArn, VersionId }) => {
      const policy = changeable(PolicyArn);
      const version = versionOf(policy, VersionId);
      if (version.id === policy.defaultVersion) throw conflict('Cannot delete the default version of a policy.');
      policy.versions.delete(version.id);
      return {};
    }),
  ];
}
