import { z } from 'zod';

/** A CloudFormation template as far as tests read it. */
const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      Metadata: z.record(z.string(), z.unknown()).default({}),
      DeletionPolicy: z.string().optional(),
    }),
  ),
});
export type Template = z.infer<typeof templateSchema>;
export type Resource = Template['Resources'][string];

export const readTemplate = (template: unknown): Template => templateSchema.parse(template);

/** All resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The resource of a deployed function: the one whose metadata names that folder of `lambdas/`. */
export function findFunction(template: Template, name: string): [string, Resource] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, one]) => one.Metadata['countersign:function'] === name,
  );
  if (found === undefined) throw new Error(`the template has no function ${name}`);
  return found;
}

/** Where the template is thought to be deployed, for `resolveValue`. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Physical names by logical id, for resources that get theirs from CloudFormation. Default: the logical id. */
  readonly names?: Readonly<Record<string, string>>;
}

const nameProperties: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Key': 'KeyId',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

/** Replaces Ref, Fn::GetAtt (Arn), Fn::Join and Fn::Sub by what CloudFormation would put there. Throws at anything else: a test must not guess. */
export function resolveValue(template: Template, value: unknown, place: Place): unknown {
  if (Array.isArray(value)) return value.map((one) => resolveValue(template, one, place));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? ['', undefined];
  if (entries.length === 1 && key === 'Ref') return resolveRef(template, z.string().parse(argument), place);
  if (entries.length === 1 && key.startsWith('Fn::')) return resolveFunction(template, key, argument, place);
  return Object.fromEntries(entries.map(([name, one]) => [name, resolveValue(template, one, place)]));
}

/** `resolveValue` where only a string makes sense. */
export function resolveText(template: Template, value: unknown, place: Place): string {
  return z.string().parse(resolveValue(template, value, place));
}

function resolveFunction(template: Template, name: string, argument: unknown, place: Place): string {
  switch (name) {
    case 'Fn::GetAtt': {
      const [id, attribute] = z.tuple([z.string(), z.literal('Arn')]).parse(argument);
      return attribute === 'Arn' ? arnOf(template, id, place) : '';
    }
    case 'Fn::Join': {
      const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(argument);
      return parts.map((part) => resolveText(template, part, place)).join(separator);
    }
    case 'Fn::Sub':
      return z
        .string()
        .parse(argument)
        .replaceAll(/\$\{([^}]+)\}/g, (_all, reference: string) => resolveRef(template, reference, place));
    default:
      throw new Error(`cannot resolve ${name}`);
  }
}

function resolveRef(template: Template, id: string, place: Place): string {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const known = pseudo[id];
  if (known !== undefined) return known;
  const { Type } = resourceOf(template, id);
  const name = physicalName(template, id, place);
  if (Type === 'AWS::SQS::Queue') return `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
  return Type === 'AWS::SNS::Topic' ? arnOf(template, id, place) : name;
}

function arnOf(template: Template, id: string, place: Place): string {
  const { Type } = resourceOf(template, id);
  const name = physicalName(template, id, place);
  const at = (service: string, resource: string) => `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
  switch (Type) {
    case 'AWS::DynamoDB::Table':
      return at('dynamodb', `table/${name}`);
    case 'AWS::Events::Rule':
      return at('events', `rule/${name}`);
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${place.account}:role/${name}`;
    case 'AWS::KMS::Key':
      return at('kms', `key/${name}`);
    case 'AWS::Lambda::Function':
      return at('lambda', `function:${name}`);
    case 'AWS::Logs::LogGroup':
      return at('logs', `log-group:${name}:*`);
    case 'AWS::SNS::Topic':
      return at('sns', name);
    case 'AWS::SQS::Queue':
      return at('sqs', name);
    default:
      throw new Error(`no ARN known for ${Type}`);
  }
}

function physicalName(template: Template, id: string, place: Place): string {
  const { Type, Properties } = resourceOf(template, id);
  const given = Properties[nameProperties[Type] ?? ''];
  return place.names?.[id] ?? (typeof given === 'string' ? given : id);
}

function resourceOf(template: Template, id: string): Resource {
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`the template has no resource ${id}`);
  return resource;
}
