import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../../../lambdas/core/iam/parse-policy.ts';
import { findGrant } from '../../../../lambdas/core/iam/paths/find-grant.ts';
import { HeldPolicy } from '../../../../lambdas/core/iam/paths/rights.ts';
import { knowContext } from '../../../../lambdas/core/iam/paths/triage-condition.ts';
import { readPattern } from '../../../../lambdas/core/iam/text-pattern.ts';

/** What is asked about, and what of it may be granted. */
const ACTION = 'iam:putuserpolicy';
const ASKED = ['arn:x/?', 'arn:x/*', 'arn:y/a', 'arn:*'] as const;
const RESOURCES = ['arn:x/a', 'arn:x/b', 'arn:x/ab', 'arn:y/a', 'arn:y/b', 'arn:z'];
/** Every request has a `aws:PrincipalTag/team` of `blue`; the rest is not known. */
const KNOWN = new Map([['aws:principaltag/team', 'blue']]);
const CONTEXTS: readonly ReadonlyMap<string, string>[] = [
  ...[undefined, 'a', 'b'].flatMap((x) =>
    [undefined, 'true', 'false'].map(
      (mfa) =>
        new Map([
          ...KNOWN,
          ...(x === undefined ? [] : ([['s:x', x]] as const)),
          ...(mfa === undefined ? [] : ([['aws:multifactorauthpresent', mfa]] as const)),
        ]),
    ),
  ),
];

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string;
  readonly NotAction?: string;
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const actions = fc.constantFrom('*', 'iam:*', 'iam:Put*', 'iam:PutUserPolicy', 's3:*');
const resources = fc.array(fc.constantFrom('*', 'arn:x/*', 'arn:x/a', 'arn:?/a', 'arn:x/?', 'arn:y/*', '*b', 'arn:z'), {
  minLength: 1,
  maxLength: 3,
});
const conditions = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc.record({
      operator: fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'Null'),
      key: fc.constantFrom('s:x', 'aws:PrincipalTag/team', 'aws:MultiFactorAuthPresent'),
      value: fc.constantFrom('a', 'blue', 'true', 'false'),
    }),
  },
);
const statement = fc
  .record({
    allow: fc.integer({ max: 2, min: 0 }),
    notAction: fc.integer({ min: 0, max: 4 }),
    notResource: fc.integer({ min: 0, max: 4 }),
    action: actions,
    resource: resources,
    condition: conditions,
  })
  .map(
    ({ allow, notAction, notResource, action, resource, condition }): Statement => ({
      Effect: allow > 0 ? 'Allow' : 'Deny',
      ...(notAction === 0 ? { NotAction: action } : { Action: action }),
      ...(notResource === 0 ? { NotResource: resource } : { Resource: resource }),
      ...(condition && {
        Condition: {
          [condition.operator]: {
            [condition.key]:
              condition.operator === 'Null' && !/^(true|false)$/.test(condition.value) ? 'true' : condition.value,
          },
        },
      }),
    }),
  );
const policy = fc.array(statement, { minLength: 1, maxLength: 3 });
const question = fc.record({
  policies: fc.array(policy, { minLength: 1, maxLength: 2 }),
  boundary: fc.option(policy, { nil: undefined, freq: 2 }),
  asked: fc.constantFrom(...ASKED),
});

const globs = new Map<string, RegExp>();
function matches(glob: string, text: string): boolean {
  const known =
    globs.get(glob) ??
    new RegExp(
      `^${glob
        .replace(/[.\\/]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
  globs.set(glob, known);
  return known.test(text);
}

/** IAM's own rule, for one request, as it is written down: plain on purpose. */
function isAllowed(
  policies: readonly (readonly Statement[])[],
  boundary: readonly Statement[] | undefined,
  resource: string,
  context: ReadonlyMap<string, string>,
): boolean {
  const speaks = (one: Statement) =>
    (one.Action === undefined
      ? !matches((one.NotAction ?? '').toLowerCase(), ACTION)
      : matches(one.Action.toLowerCase(), ACTION)) &&
    (one.Resource === undefined
      ? !one.NotResource?.some((glob) => matches(glob, resource))
      : one.Resource.some((glob) => matches(glob, resource))) &&
    Object.entries(one.Condition ?? {}).every(([operator, tests]) =>
      Object.entries(tests).every(([key, value]) => holds(operator, context.get(key.toLowerCase()), value)),
    );
  const spoken = policies.flat().filter(speaks);
  const bounds = boundary?.filter(speaks);
  if ([...spoken, ...(bounds ?? [])].some(({ Effect }) => Effect === 'Deny')) return false;
  return (
    spoken.some(({ Effect }) => Effect === 'Allow') &&
    (bounds === undefined || bounds.some(({ Effect }) => Effect === 'Allow'))
  );
}

function holds(operator: string, actual: string | undefined, value: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual === value;
    case 'StringNotEquals':
      return actual !== value;
    case 'StringEqualsIfExists':
      return actual === undefined || actual === value;
    default:
      return (actual === undefined) === (value === 'true');
  }
}

test('what is proven holds in every request, and what is not found is allowed in none', () => {
  const seen = { proven: 0, possible: 0, blocked: 0, none: 0 };
  fc.assert(
    fc.property(question, ({ policies, boundary, asked }) => {
      const read = (one: readonly Statement[], at: number) =>
        new HeldPolicy(`policy ${at}`, parsePolicy({ Version: '2012-10-17', Statement: one }));
      const rights = { policies: policies.map(read), boundary: boundary && read(boundary, 9) };
      const request = { action: ACTION, resources: [readPattern(asked)] };

      const grant = findGrant(
        rights,
        request,
        { context: knowContext(KNOWN), variables: new Map() },
        { left: 100_000 },
      );

      seen[grant.status] += 1;
      const allowed = (resource: string) =>
        CONTEXTS.filter((context) => isAllowed(policies, boundary, resource, context));
      const inQuestion = RESOURCES.filter((resource) => matches(asked, resource));
      if (grant.status === 'proven') {
        expect(matches(asked, grant.example ?? '')).toBe(true);
        expect(allowed(grant.example ?? '')).toHaveLength(CONTEXTS.length);
      }
      if (grant.status === 'none' || grant.status === 'blocked') {
        expect(inQuestion.flatMap(allowed)).toEqual([]);
      }
      const isPlain = [...policies.flat(), ...(boundary ?? [])].every(({ Condition }) => Condition === undefined);
      if (isPlain) expect(grant.status).not.toBe('possible');
    }),
    { numRuns: Number(process.env.COUNTERSIGN_RUNS ?? 3000), seed: 7 },
  );
  // Every answer is given often enough to mean something.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
