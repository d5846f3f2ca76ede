import { z } from 'zod';
import { EmbeddedAccountError } from './errors.ts';
import { isRecord } from './json.ts';

const templateForm = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      Metadata: z.record(z.string(), z.unknown()).default({}),
      Condition: z.string().optional(),
    }),
  ),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
});

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  /** Intrinsic functions not yet resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Answers of `Ref` and `Fn::GetAtt` for one resource. */
export interface PhysicalResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A CloudFormation template whose intrinsic functions are resolved as the resources get their physical names. */
export class Template {
  readonly resources: readonly TemplateResource[];
  private readonly parameters: ReadonlyMap<string, unknown>;
  private readonly physical = new Map<string, PhysicalResource>();
  private readonly account: { readonly id: string; readonly region: string };

  constructor(template: unknown, account: { readonly id: string; readonly region: string }) {
    const parsed = templateForm.safeParse(template);
    if (!parsed.success) throw new EmbeddedAccountError('bad-template', z.prettifyError(parsed.error));
    this.account = account;
    this.parameters = new Map(Object.entries(parsed.data.Parameters).map(([name, { Default }]) => [name, Default]));
    this.resources = Object.entries(parsed.data.Resources).map(([logicalId, resource]) => {
      if (resource.Condition !== undefined) {
        throw new EmbeddedAccountError('unsupported-template', `${logicalId}: conditions are not supported`);
      }
      return { logicalId, type: resource.Type, properties: resource.Properties, metadata: resource.Metadata };
    });
  }

  ofType(type: string): readonly TemplateResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Gives a resource its physical name. What was not named answers with a name made from its logical id. */
  name(logicalId: string, physical: PhysicalResource): void {
    this.physical.set(logicalId, physical);
  }

  /** The name a resource was given in one of its properties, else its logical id. */
  nameOf(resource: TemplateResource, property: string): string {
    const name = this.resolve(resource.properties[property], resource.logicalId);
    if (name === undefined) return resource.logicalId;
    if (typeof name === 'string') return name;
    throw new EmbeddedAccountError('bad-template', `${resource.logicalId}: ${property} is not a text`);
  }

  /** What `Ref` says of a resource. */
  refOf({ logicalId }: TemplateResource): string {
    return String(this.ref(logicalId, logicalId));
  }

  /** What `Fn::GetAtt` says of a resource. */
  attributeOf({ logicalId }: TemplateResource, attribute: string): string {
    return this.attribute(logicalId, attribute, logicalId);
  }

  /** The properties of a resource, resolved and checked. Throws `bad-template` naming the resource. */
  read<Form extends z.ZodType>(resource: TemplateResource, form: Form): z.infer<Form> {
    const parsed = form.safeParse(this.resolve(resource.properties, resource.logicalId));
    if (parsed.success) return parsed.data;
    throw new EmbeddedAccountError('bad-template', `${resource.logicalId}: ${z.prettifyError(parsed.error)}`);
  }

  private resolve(value: unknown, within: string): unknown {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one, within));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.call(first[0], first[1], within);
    }
    return Object.fromEntries(entries.map(([name, one]) => [name, this.resolve(one, within)]));
  }

  private call(name: string, argument: unknown, within: string): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(String(argument), within);
      case 'Fn::GetAtt': {
        const [logicalId = '', attribute = ''] = Array.isArray(argument)
          ? argument.map(String)
          : splitOnce(String(argument));
        return this.attribute(logicalId, attribute, within);
      }
      case 'Fn::Join': {
        const [separator, list] = this.argumentsOf(argument, within);
        return Array.isArray(list) ? list.map(String).join(String(separator)) : this.unsupported(name, within);
      }
      case 'Fn::Split': {
        const [separator, text] = this.argumentsOf(argument, within);
        return String(text).split(String(separator));
      }
      case 'Fn::Select': {
        const [index, list] = this.argumentsOf(argument, within);
        return Array.isArray(list) ? list[Number(index)] : this.unsupported(name, within);
      }
      case 'Fn::Sub': {
        const [text, values] = Array.isArray(argument) ? argument : [argument, {}];
        return this.substitute(String(text), this.resolve(values, within), within);
      }
      default:
        return this.unsupported(name, within);
    }
  }

  private argumentsOf(argument: unknown, within: string): unknown[] {
    const resolved = this.resolve(argument, within);
    return Array.isArray(resolved) ? resolved : this.unsupported('an intrinsic function without a list', within);
  }

  private substitute(text: string, values: unknown, within: string): string {
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (isRecord(values) && Object.hasOwn(values, name)) return String(values[name]);
      const [logicalId, attribute] = splitOnce(name);
      return String(attribute === '' ? this.ref(logicalId, within) : this.attribute(logicalId, attribute, within));
    });
  }

  private ref(name: string, within: string): unknown {
    const pseudo: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': this.account.id,
      'AWS::Region': this.account.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': 'embedded',
      'AWS::NoValue': undefined,
    };
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    if (this.parameters.has(name)) return this.parameters.get(name);
    this.checkKnown(name, within);
    return this.physical.get(name)?.ref ?? `embedded-${name}`;
  }

  private attribute(logicalId: string, attribute: string, within: string): string {
    this.checkKnown(logicalId, within);
    const known = this.physical.get(logicalId)?.attributes;
    const found = known?.[attribute];
    if (found !== undefined) return found;
    if (known === undefined)
      return `arn:aws:embedded:${this.account.region}:${this.account.id}:${logicalId}/${attribute}`;
    throw new EmbeddedAccountError(
      'unsupported-template',
      `${within}: ${logicalId} has no attribute ${attribute} here`,
    );
  }

  private checkKnown(logicalId: string, within: string): void {
    if (this.resources.some((resource) => resource.logicalId === logicalId)) return;
    throw new EmbeddedAccountError('bad-template', `${within}: refers to ${logicalId}, which is not in the template`);
  }

  private unsupported(name: string, within: string): never {
    throw new EmbeddedAccountError('unsupported-template', `${within}: ${name} is not supported`);
  }
}

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}
