import * as z from 'zod';
import type { AccountIam } from '../../lambdas/core/iam/account.ts';
import { UndecidedError } from '../commands/command.ts';
import { AccountDraft, type HolderKind } from './account-draft.ts';
import { resolveTemplateValue, type TemplatePlace } from './resolve-template.ts';

const templateShape = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown() })).default({}),
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const stackShape = z.looseObject({
  StackResourceSummaries: z.array(
    z.looseObject({ LogicalResourceId: z.string(), PhysicalResourceId: z.string().optional() }),
  ),
});
type Resource = z.output<typeof templateShape>['Resources'][string];

export interface TemplateSource {
  readonly template: unknown;
  /** What `aws cloudformation list-stack-resources` answers: the names that CloudFormation gave. */
  readonly stackResources?: unknown;
  readonly account: string;
  readonly partition: string;
  readonly region: string | undefined;
}

const text = z.string();
const texts = z.array(z.string()).default([]);
const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);
const policies = z.array(z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]);

/** How a type names itself, and the word in its ARN. */
const NAMED: Readonly<
  Record<string, { readonly property: string; readonly kind: string; readonly ref: 'name' | 'arn' }>
> = {
  'AWS::IAM::Role': { property: 'RoleName', kind: 'role', ref: 'name' },
  'AWS::IAM::User': { property: 'UserName', kind: 'user', ref: 'name' },
  'AWS::IAM::Group': { property: 'GroupName', kind: 'group', ref: 'name' },
  'AWS::IAM::ManagedPolicy': { property: 'ManagedPolicyName', kind: 'policy', ref: 'arn' },
  'AWS::IAM::InstanceProfile': { property: 'InstanceProfileName', kind: 'instance-profile', ref: 'name' },
};

/**
 * The IAM that a synthesized template describes. Names that CloudFormation gives are taken from `stackResources`. Throws UndecidedError for whatever cannot be
 * known from the two, naming the resource.
 */
export function readCloudFormation(source: TemplateSource): AccountIam {
  const { Resources, Parameters } = parse(templateShape, source.template, 'a CloudFormation template');
  const stack =
    source.stackResources === undefined
      ? []
      : parse(stackShape, source.stackResources, 'an answer of list-stack-resources').StackResourceSummaries;
  const physical = new Map(
    stack.flatMap(({ LogicalResourceId: id, PhysicalResourceId: name }) => (name === undefined ? [] : [[id, name]])),
  );
  const draft = new AccountDraft(source.account);
  const reader = new TemplateReader(source, Resources, physical, Parameters);
  const all = Object.entries(Resources).filter(([, { Type }]) => Type.startsWith('AWS::IAM::'));
  // Holders first: what belongs to them may stand before them.
  for (const [id, resource] of all) named(id, () => reader.addHolder(draft, id, resource));
  for (const [id, resource] of all) named(id, () => reader.addBelongings(draft, id, resource));
  return draft.finish();
}

class TemplateReader {
  readonly #place: TemplatePlace;
  /** Resources whose name is being worked out. */
  readonly #open = new Set<string>();
  readonly #resources: Readonly<Record<string, Resource>>;
  readonly #physical: ReadonlyMap<string, string>;

  constructor(
    { account, partition, region }: TemplateSource,
    resources: Readonly<Record<string, Resource>>,
    physical: ReadonlyMap<string, string>,
    parameters: Readonly<Record<string, { readonly Default?: unknown }>>,
  ) {
    this.#resources = resources;
    this.#physical = physical;
    this.#place = {
      account,
      partition,
      region,
      parameters: new Map(Object.entries(parameters).map(([name, { Default }]) => [name, Default])),
      refOf: (id) => this.#refOf(id),
      attributeOf: (id, attribute) => (attribute === 'Arn' || attribute === 'PolicyArn' ? this.#arnOf(id) : undefined),
    };
  }

  addHolder(draft: AccountDraft, id: string, resource: Resource): void {
    const { kind } = NAMED[resource.Type] ?? { kind: '' };
    if (kind === 'policy') {
      draft.addPolicy(this.#needArn(id), 'any', this.#document(resource, 'PolicyDocument'));
    } else if (kind === 'role' || kind === 'user' || kind === 'group') {
      const boundary = this.#read(resource, 'PermissionsBoundary', text.optional());
      draft.addHolder(kind, {
        arn: this.#needArn(id),
        uniqueId: 'any',
        ...(kind === 'role' && {
          trust: this.#document(resource, 'AssumeRolePolicyDocument'),
          maxSessionSeconds: this.#read(resource, 'MaxSessionDuration', z.coerce.number().optional()),
        }),
        boundary,
        tags: Object.fromEntries(this.#read(resource, 'Tags', tags).map(({ Key, Value }) => [Key, Value])),
      });
    }
  }

  addBelongings(draft: AccountDraft, id: string, resource: Resource): void {
    const { kind } = NAMED[resource.Type] ?? { kind: '' };
    if (kind === 'role' || kind === 'user' || kind === 'group') {
      const name = this.#nameOf(id);
      for (const { PolicyName, PolicyDocument } of this.#read(resource, 'Policies', policies)) {
        draft.addInline(kind, name, { name: PolicyName, document: JSON.stringify(PolicyDocument) });
      }
      for (const arn of this.#read(resource, 'ManagedPolicyArns', texts)) draft.attach(kind, name, arn);
      if (kind === 'user') for (const group of this.#read(resource, 'Groups', texts)) draft.addToGroup(name, group);
      return;
    }
    switch (resource.Type) {
      case 'AWS::IAM::ManagedPolicy':
        this.#eachHolder(resource, (one, name) => draft.attach(one, name, this.#needArn(id)));
        return;
      case 'AWS::IAM::Policy': {
        const name = this.#read(resource, 'PolicyName', text);
        const document = this.#document(resource, 'PolicyDocument');
        this.#eachHolder(resource, (one, holder) => draft.addInline(one, holder, { name, document }));
        return;
      }
      case 'AWS::IAM::RolePolicy':
      case 'AWS::IAM::UserPolicy':
      case 'AWS::IAM::GroupPolicy': {
        const one = ({ R: 'role', U: 'user', G: 'group' } as const)[resource.Type.charAt(10)] ?? 'role';
        const holder = this.#read(resource, `${one.slice(0, 1).toUpperCase()}${one.slice(1)}Name`, text);
        const name = this.#read(resource, 'PolicyName', text);
        draft.addInline(one, holder, { name, document: this.#document(resource, 'PolicyDocument') });
        return;
      }
      case 'AWS::IAM::UserToGroupAddition': {
        const group = this.#read(resource, 'GroupName', text);
        for (const user of this.#read(resource, 'Users', texts)) draft.addToGroup(user, group);
        return;
      }
      case 'AWS::IAM::InstanceProfile':
        for (const role of this.#read(resource, 'Roles', texts)) draft.addInstanceProfile(role, this.#needArn(id));
    }
  }

  #eachHolder(resource: Resource, act: (kind: HolderKind, name: string) => void): void {
    const lists = { Roles: 'role', Users: 'user', Groups: 'group' } as const;
    for (const [property, kind] of Object.entries(lists)) {
      for (const name of this.#read(resource, property, texts)) act(kind, name);
    }
  }

  #read<T>(resource: Resource, property: string, schema: z.ZodType<T>): T {
    return parse(schema, resolveTemplateValue(resource.Properties[property], this.#place), property);
  }

  #document(resource: Resource, property: string): string {
    return JSON.stringify(this.#read(resource, property, z.record(z.string(), z.unknown())));
  }

  #refOf(id: string): string | undefined {
    const resource = this.#resources[id];
    const type = resource && NAMED[resource.Type];
    if (type?.ref === 'arn') return this.#arnOf(id);
    return type === undefined ? this.#physical.get(id) : this.#nameOf(id);
  }

  #nameOf(id: string): string {
    const resource = this.#resources[id];
    const type = resource && NAMED[resource.Type];
    const given = type && resource.Properties[type.property];
    if (given !== undefined) return this.#once(id, () => String(resolveTemplateValue(given, this.#place)));
    const name = this.#physical.get(id);
    if (name !== undefined) return name.slice(name.lastIndexOf('/') + 1);
    throw new UndecidedError(
      'unresolved',
      `CloudFormation gives ${id} its name: give --stack-resources, or capture the account`,
    );
  }

  /** A name that asks for itself, by however many steps, has no end. */
  #once(id: string, resolve: () => string): string {
    if (this.#open.has(id)) throw new UndecidedError('unresolved', `${id} refers to itself`);
    this.#open.add(id);
    try {
      return resolve();
    } finally {
      this.#open.delete(id);
    }
  }

  #arnOf(id: string): string | undefined {
    const resource = this.#resources[id];
    const type = resource && NAMED[resource.Type];
    if (resource === undefined || type === undefined) return undefined;
    const path = this.#once(`${id}.Path`, () => this.#read(resource, 'Path', text.optional()) ?? '/');
    return `arn:${this.#place.partition}:iam::${this.#place.account}:${type.kind}${path}${this.#nameOf(id)}`;
  }

  #needArn(id: string): string {
    const arn = this.#arnOf(id);
    if (arn === undefined)
      throw new UndecidedError('unresolved', `the ARN of ${id} is known only after the deployment`);
    return arn;
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UndecidedError('unreadable-template', `${what}: ${issue?.path.join('.')} ${issue?.message}`);
}

/** Says of a refusal which resource it is about. */
function named(id: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof UndecidedError)) throw error;
    throw new UndecidedError(error.code, `${id}: ${error.message}`, { cause: error });
  }
}
