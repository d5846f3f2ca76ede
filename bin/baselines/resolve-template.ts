import { isDeepStrictEqual } from 'node:util';
import { UndecidedError } from '../commands/command.ts';

/** What a template's references may lead to. */
export interface TemplatePlace {
  readonly account: string;
  readonly partition: string;
  readonly region: string | undefined;
  /** Values of parameters: their defaults. */
  readonly parameters: ReadonlyMap<string, unknown>;
  /** What `Ref` gives for a resource; undefined where it is known only after the deployment. */
  readonly refOf: (logicalId: string) => string | undefined;
  readonly attributeOf: (logicalId: string, attribute: string) => string | undefined;
}

const NO_VALUE = Symbol('AWS::NoValue');
const DEEPEST = 64;

/**
 * A value of a CloudFormation template with `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` resolved (CloudFormation User Guide, "Intrinsic function reference").
 * Throws UndecidedError for anything that is known only after the deployment, naming it: a baseline with a hole would be no baseline.
 */
export function resolveTemplateValue(value: unknown, place: TemplatePlace): unknown {
  const resolved = resolve(value, place, 0);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolve(value: unknown, place: TemplatePlace, depth: number): unknown {
  if (depth > DEEPEST) throw unresolved('a value that is nested too deep');
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, place, depth + 1)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return call(name, argument, place, depth);
  const members = entries.map(([key, member]) => [key, resolve(member, place, depth + 1)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
}

function call(name: string, argument: unknown, place: TemplatePlace, depth: number): unknown {
  switch (name) {
    case 'Ref':
      return resolveRef(String(argument), place);
    case 'Fn::GetAtt': {
      const [id = '', ...attribute] = typeof argument === 'string' ? argument.split('.') : list(argument);
      return place.attributeOf(id, attribute.join('.')) ?? fail(`${id}.${attribute.join('.')}`);
    }
    case 'Fn::Sub':
      return substitute(argument, place, depth);
    case 'Fn::Join': {
      const [separator, parts] = Array.isArray(argument) ? argument : [];
      return list(resolve(parts, place, depth + 1)).join(String(separator));
    }
    default:
      return fail(name);
  }
}

function resolveRef(id: string, { account, partition, region, parameters, refOf }: TemplatePlace): unknown {
  switch (id) {
    case 'AWS::NoValue':
      return NO_VALUE;
    case 'AWS::AccountId':
      return account;
    case 'AWS::Partition':
      return partition;
    case 'AWS::Region':
      return region ?? fail('AWS::Region: give --region');
    case 'AWS::URLSuffix':
      return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    default:
      return parameters.get(id) ?? refOf(id) ?? fail(id);
  }
}

function substitute(argument: unknown, place: TemplatePlace, depth: number): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = new Map(Object.entries(typeof variables === 'object' && variables !== null ? variables : {}));
  return String(text).replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, escaped: string, name: string) => {
    if (escaped !== '') return `\${${name}}`;
    const [id = '', ...attribute] = name.trim().split('.');
    if (own.has(name)) return String(resolve(own.get(name), place, depth + 1));
    return attribute.length === 0
      ? String(resolveRef(id, place))
      : (place.attributeOf(id, attribute.join('.')) ?? fail(name));
  });
}

function list(value: unknown): string[] {
  if (!Array.isArray(value) || value.some((item) => isDeepStrictEqual(item, {})))
    throw unresolved('a list that is none');
  return value.map(String);
}

function fail(what: string): never {
  throw unresolved(what);
}

function unresolved(what: string): UndecidedError {
  return new UndecidedError('unresolved', `${what} is known only after the deployment`);
}
