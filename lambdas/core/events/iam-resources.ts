import { partitionOf } from '../aws-names.ts';
import { leavePathOut, parseIamArn } from '../iam/iam-arn.ts';
import type { ResourceTemplates, WriteCall } from '../iam/writes/write-call.ts';
import { type Actor, HIDDEN } from './iam-actor.ts';

/** What the places of a template are filled from. */
export interface CallFacts {
  readonly account: string;
  readonly region: string;
  readonly caller: Actor;
  readonly requestParameters?: Readonly<Record<string, unknown>> | null | undefined;
  readonly responseElements?: Readonly<Record<string, unknown>> | null | undefined;
}

const ARN = /^arn:aws[a-z-]*:[a-z-]+:[a-z0-9-]*:(?:\d{12}|aws)?:[!-~]{1,1024}$/;
/** Names and ids; a whole ARN where the place is all of the template. No slash in a name: it would end in another resource. */
const PART = /^[\w+=,.@-]{1,256}$/;

/**
 * The ARNs of what a call changed, each once, as keys to read live state by. Roles, users, groups and instance profiles come without their path, which most calls
 * do not tell: their names are unique in the account. Where the record does not say enough, or what it says cannot be in this account, the account as a whole.
 */
export function nameResources({ resources }: WriteCall, facts: CallFacts): readonly string[] {
  const named = resources.flatMap((templates) => nameResource(templates, facts) ?? []);
  const found = named.length > 0 ? named : [`arn:${partitionOf(facts.region)}:iam::${facts.account}:root`];
  return [...new Set(found)];
}

function nameResource(templates: ResourceTemplates, facts: CallFacts): string | undefined {
  for (const template of templates) {
    const arn = fill(template, facts);
    if (arn !== undefined && ARN.test(arn) && isOf(facts.account, arn)) return leaveOut(arn);
  }
  return undefined;
}

function fill(template: string, facts: CallFacts): string | undefined {
  let complete = true;
  const filled = template.replaceAll(/\{([\w.]+)\}/g, (place, path: string) => {
    const value = lookUp(path, facts);
    const fits = value !== undefined && value !== HIDDEN && (place === template || PART.test(value));
    complete &&= fits;
    return fits ? value : '';
  });
  return complete ? filled : undefined;
}

function lookUp(path: string, facts: CallFacts): string | undefined {
  const [first = '', ...rest] = path.split('.');
  switch (first) {
    case 'partition':
      return partitionOf(facts.region);
    case 'account':
      return facts.account;
    case 'region':
      return facts.region;
    case 'caller':
      return facts.caller.kind === 'IAMUser' ? facts.caller.arn : undefined;
    case 'request':
      return dig(facts.requestParameters, rest);
    default:
      return dig(facts.responseElements, rest);
  }
}

function dig(from: unknown, path: readonly string[]): string | undefined {
  let value: unknown = from;
  for (const member of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined;
    value = Reflect.get(value, member);
  }
  return typeof value === 'string' ? value : undefined;
}

/** IAM is changed only in the account that the event is of. Permission sets and directory entries carry no account. */
function isOf(account: string, arn: string): boolean {
  const owner = arn.split(':')[4];
  return owner === '' || owner === account;
}

/** The ARN of a policy is asked for with its path, which a call on a policy always tells. */
function leaveOut(arn: string): string {
  return parseIamArn(arn)?.type === 'policy' ? arn : leavePathOut(arn);
}
