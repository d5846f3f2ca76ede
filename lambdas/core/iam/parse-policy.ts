import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { SignatureError } from '../signature/errors.ts';
import { matchShape, parseJson } from '../signature/json.ts';
import { IamError } from './errors.ts';
import type { Condition, PatternSet, PolicyDocument, Principal, PrincipalSet, Statement } from './policy-document.ts';
import { lowerAscii } from './text-pattern.ts';

/** Characters of a document with white space and percent-encoding. IAM's own largest is 10,240 without white space, resource policies go to 20 kB. */
const LONGEST = 262_144;

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
/** Numbers that a double cannot hold exactly would be read as others: two documents could look alike. */
const number = z
  .number()
  .refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), 'a number too large');
const scalar = z.union([z.string(), number, z.boolean()]);
const values = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat().map(String));
/** zod leaves out an own `__proto__` where it copies: a condition under that name must not vanish. */
const plain = z.unknown().refine((value) => !(Object(value) === value && Object.hasOwn(Object(value), '__proto__')), {
  message: 'an element named __proto__',
});
const namedBy = <T extends z.ZodType>(value: T) => plain.pipe(z.record(z.string(), value));
const principals = z.union([
  z.literal('*').transform((value): Principal[] => [{ kind: 'AWS', value }]),
  plain.pipe(
    z
      .partialRecord(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']), oneOrMore)
      .transform((byKind): Principal[] => {
        const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;
        return kinds.flatMap((kind) => (byKind[kind] ?? []).map((value) => ({ kind, value })));
      }),
  ),
]);
const statementShape = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Principal: principals.optional(),
  NotPrincipal: principals.optional(),
  Condition: namedBy(namedBy(values)).optional(),
});
const documentShape = z.strictObject({
  Version: z.enum(['2008-10-17', '2012-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statementShape.transform((one) => [one]), z.array(statementShape)]),
});

/**
 * Reads a policy document: an object, or text as the API takes it (JSON) or answers it (percent-encoded, RFC 3986). Refused, since IAM refuses it or it
 * has two readings: unknown or repeated elements, both of `Action` and `NotAction` (likewise resources and principals) or neither action, empty lists
 * of actions or resources. Throws IamError.
 */
export function parsePolicy(input: unknown): PolicyDocument {
  const { Version = '2008-10-17', Statement } = readShape(input);
  return { version: Version, statements: Statement.map((raw, index) => toStatement(raw, index + 1)) };
}

function readShape(input: unknown): z.output<typeof documentShape> {
  try {
    return typeof input === 'string'
      ? parseJson(decodeText(input), documentShape, 'the policy document', LONGEST)
      : matchShape(input, documentShape, 'the policy document');
  } catch (cause) {
    const code = cause instanceof SignatureError && cause.code === 'too-large' ? 'too-large' : 'malformed';
    throw new IamError(code, messageOf(cause), { cause });
  }
}

/** Raw JSON begins with `{`, which percent-encoding would have replaced. */
function decodeText(text: string): string {
  return text.trimStart().startsWith('{') ? text : decodeURIComponent(text);
}

function toStatement(raw: z.output<typeof statementShape>, number: number): Statement {
  const actions = toPatterns(raw.Action, raw.NotAction, 'Action', number);
  if (actions === undefined) throw new IamError('malformed', `statement ${number} has neither Action nor NotAction`);
  if (raw.Principal !== undefined && raw.NotPrincipal !== undefined) throw bothOf('Principal', number);
  return {
    number,
    ...(raw.Sid !== undefined && { sid: raw.Sid }),
    effect: raw.Effect,
    actions: { ...actions, patterns: actions.patterns.map((pattern) => lowerAscii(pattern)) },
    resources: toPatterns(raw.Resource, raw.NotResource, 'Resource', number),
    principals: toPrincipals(raw),
    conditions: Object.entries(raw.Condition ?? {}).flatMap(([operator, byKey]) =>
      Object.entries(byKey).map(([key, alternatives]) => toCondition(operator, key, alternatives)),
    ),
  };
}

function toPatterns(
  inside: readonly string[] | undefined,
  outside: readonly string[] | undefined,
  element: string,
  number: number,
): PatternSet | undefined {
  if (inside !== undefined && outside !== undefined) throw bothOf(element, number);
  const patterns = inside ?? outside;
  if (patterns?.length === 0) throw new IamError('malformed', `statement ${number} has an empty list of ${element}`);
  return patterns && { mode: inside === undefined ? 'not-in' : 'in', patterns };
}

function bothOf(element: string, number: number): IamError {
  return new IamError('malformed', `statement ${number} has both ${element} and Not${element}`);
}

function toPrincipals(raw: z.output<typeof statementShape>): PrincipalSet | undefined {
  if (raw.Principal !== undefined) return { mode: 'in', principals: raw.Principal };
  return raw.NotPrincipal && { mode: 'not-in', principals: raw.NotPrincipal };
}

/** `ForAnyValue:StringLikeIfExists` taken apart. That IAM knows the operator is for those to say who evaluate it: unknown ones stay unknown. */
function toCondition(text: string, key: string, alternatives: readonly string[]): Condition {
  const [, quantifier, name = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/s.exec(lowerAscii(text)) ?? [];
  return {
    operator: name,
    quantifier: quantifier === undefined ? undefined : quantifier === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue',
    ifExists: ifExists !== undefined,
    key: lowerAscii(key),
    values: alternatives,
  };
}
