import * as z from 'zod';
import type { AccountIam } from '../../lambdas/core/iam/account.ts';
import { parseIamArn } from '../../lambdas/core/iam/iam-arn.ts';
import { UndecidedError } from '../commands/command.ts';
import { AccountDraft, type HolderKind } from './account-draft.ts';

interface Module {
  readonly resources?: readonly Resource[] | undefined;
  readonly child_modules?: readonly Module[] | undefined;
}
const resource = z.looseObject({
  address: z.string(),
  mode: z.string().default('managed'),
  type: z.string(),
  values: z.record(z.string(), z.unknown()).default({}),
});
type Resource = z.output<typeof resource>;
const module: z.ZodType<Module> = z.lazy(() =>
  z.object({ resources: z.array(resource).optional(), child_modules: z.array(module).optional() }),
);
const output = z.looseObject({
  values: z.object({ root_module: module }).optional(),
  planned_values: z.object({ root_module: module }).optional(),
});

const text = z.string().min(1);
const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

/**
 * The IAM that `terraform show -json` describes: a state, or a plan whose values are all known. Throws UndecidedError for a value that is known only after the
 * apply, naming the resource.
 */
export function readTerraform(json: unknown): AccountIam {
  const parsed = output.safeParse(json);
  const root = parsed.data?.planned_values?.root_module ?? parsed.data?.values?.root_module;
  if (root === undefined)
    throw new UndecidedError('unreadable-terraform', 'this is not what terraform show -json prints');
  const all = listResources(root, 0).filter(({ mode, type }) => mode === 'managed' && type.startsWith('aws_iam_'));
  const draft = new AccountDraft(findAccount(all));
  for (const one of all) named(one, () => addHolder(draft, one));
  for (const one of all) named(one, () => addBelongings(draft, one));
  return draft.finish();
}

function listResources({ resources = [], child_modules = [] }: Module, depth: number): Resource[] {
  if (depth > 64) throw new UndecidedError('unreadable-terraform', 'modules are nested too deep');
  return [...resources, ...child_modules.flatMap((child) => listResources(child, depth + 1))];
}

function findAccount(all: readonly Resource[]): string {
  const arns = all.flatMap(({ values }) => (typeof values.arn === 'string' ? [values.arn] : []));
  const accounts = new Set(arns.flatMap((arn) => parseIamArn(arn)?.account ?? []));
  const [account, other] = accounts;
  if (account === undefined || other !== undefined) {
    throw new UndecidedError('unresolved', 'the resources are not of one account, or none has an ARN yet');
  }
  return account;
}

const KINDS: Readonly<Record<string, HolderKind>> = {
  aws_iam_role: 'role',
  aws_iam_user: 'user',
  aws_iam_group: 'group',
};

function addHolder(draft: AccountDraft, one: Resource): void {
  if (one.type === 'aws_iam_policy') {
    draft.addPolicy(read(one, 'arn', text), read(one, 'policy_id', text), read(one, 'policy', text));
    return;
  }
  const kind = KINDS[one.type];
  if (kind === undefined) return;
  const boundary = read(one, 'permissions_boundary', z.string().nullish());
  draft.addHolder(kind, {
    arn: read(one, 'arn', text),
    uniqueId: read(one, 'unique_id', text),
    ...(kind === 'role' && {
      trust: read(one, 'assume_role_policy', text),
      maxSessionSeconds: read(one, 'max_session_duration', z.number().nullish()) ?? undefined,
    }),
    boundary: boundary || undefined,
    tags: read(one, 'tags_all', z.record(z.string(), z.string()).nullish()) ?? {},
  });
}

function addBelongings(draft: AccountDraft, one: Resource): void {
  switch (one.type) {
    case 'aws_iam_role':
      addToRole(draft, one);
      return;
    case 'aws_iam_role_policy':
    case 'aws_iam_user_policy':
    case 'aws_iam_group_policy': {
      const kind = holderOf(one.type);
      const policy = { name: read(one, 'name', text), document: read(one, 'policy', text) };
      draft.addInline(kind, read(one, kind, text), policy);
      return;
    }
    case 'aws_iam_role_policy_attachment':
    case 'aws_iam_user_policy_attachment':
    case 'aws_iam_group_policy_attachment': {
      const kind = holderOf(one.type);
      draft.attach(kind, read(one, kind, text), read(one, 'policy_arn', text));
      return;
    }
    case 'aws_iam_policy_attachment':
      for (const kind of ['role', 'user', 'group'] as const) {
        for (const name of read(one, `${kind}s`, texts)) draft.attach(kind, name, read(one, 'policy_arn', text));
      }
      return;
    case 'aws_iam_user_group_membership':
      for (const group of read(one, 'groups', texts)) draft.addToGroup(read(one, 'user', text), group);
      return;
    case 'aws_iam_group_membership':
      for (const user of read(one, 'users', texts)) draft.addToGroup(user, read(one, 'group', text));
      return;
    case 'aws_iam_instance_profile': {
      const role = read(one, 'role', z.string().nullish());
      if (role) draft.addInstanceProfile(role, read(one, 'arn', text));
    }
  }
}

const inlineBlocks = z
  .array(z.object({ name: z.string().nullish(), policy: z.string().nullish() }))
  .nullish()
  .transform((list) => list ?? []);

/** The older way, in which the role itself lists its policies. A state repeats there what resources of their own put. */
function addToRole(draft: AccountDraft, one: Resource): void {
  const name = read(one, 'name', text);
  for (const arn of read(one, 'managed_policy_arns', texts)) draft.attach('role', name, arn);
  for (const block of read(one, 'inline_policy', inlineBlocks)) {
    if (block.name && block.policy) draft.addInline('role', name, { name: block.name, document: block.policy });
  }
}

function holderOf(type: string): HolderKind {
  return type.includes('_role_') ? 'role' : type.includes('_user_') ? 'user' : 'group';
}

function read<T>({ values }: Resource, name: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(values[name]);
  if (parsed.success) return parsed.data;
  throw new UndecidedError('unresolved', `${name} is known only after the apply`);
}

function named(one: Resource, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof UndecidedError)) throw error;
    throw new UndecidedError(error.code, `${one.address}: ${error.message}`, { cause: error });
  }
}
