import { z } from 'zod';

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMore)]),
  Action: oneOrMore,
  Resource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
});

/** A resource policy: the part of the IAM policy language that queue and key policies of this service use. */
export const resourcePolicy = z.object({ Statement: z.array(statement) });
export type ResourcePolicy = z.infer<typeof resourcePolicy>;

/** A call that an AWS service makes on behalf of one of its resources. */
export interface ServiceCall {
  /** `events.amazonaws.com` */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

/**
 * Whether the policies let the service make the call: some statement allows it and none denies it. A condition of a kind that is not known here does
 * not hold for an Allow and does hold for a Deny, so that a doubt shows as a refusal.
 */
export function allowsServiceCall(policies: readonly ResourcePolicy[], call: ServiceCall): boolean {
  const statements = policies.flatMap(({ Statement }) => Statement).filter((one) => isAbout(one, call));
  const denied = statements.some((one) => one.Effect === 'Deny' && conditionsHold(one, call, true));
  return !denied && statements.some((one) => one.Effect === 'Allow' && conditionsHold(one, call, false));
}

type Statement = z.infer<typeof statement>;

function isAbout({ Principal, Action, Resource }: Statement, call: ServiceCall): boolean {
  // `"AWS": "*"` means every principal in a resource policy, services included; a Deny for everyone must reach the service too.
  const principal =
    Principal === '*' || Principal.Service?.some((one) => matches(one, call.service)) || Principal.AWS?.includes('*');
  return (
    principal === true &&
    Action.some((one) => matches(one.toLowerCase(), call.action.toLowerCase())) &&
    (Resource === undefined || Resource.some((one) => matches(one, call.resource)))
  );
}

function conditionsHold({ Condition = {} }: Statement, call: ServiceCall, whenUnknown: boolean): boolean {
  const keys: Readonly<Record<string, string>> = {
    'aws:sourcearn': call.sourceArn,
    'aws:sourceaccount': call.sourceAccount,
    'aws:securetransport': 'true',
  };
  return Object.entries(Condition).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, values]) => {
      const actual = keys[key.toLowerCase()];
      if (actual === undefined) return whenUnknown;
      switch (operator) {
        case 'StringEquals':
        case 'Bool':
          return values.includes(actual);
        case 'ArnEquals':
        case 'ArnLike':
        case 'StringLike':
          return values.some((one) => matches(one, actual));
        default:
          return whenUnknown;
      }
    }),
  );
}

/** `*` and `?` as IAM means them. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
