import { describe, expect, it } from 'vitest';
import { type CompareOptions, comparePolicies } from '../../../../lambdas/core/iam/compare/compare-policies.ts';

type Element = string | number | boolean | readonly (string | number | boolean)[];
interface Changes {
  readonly [name: string]: unknown;
}

const bucket = 'arn:aws:s3:::b/*';
const allow = (changes: Changes = {}) => ({
  Effect: 'Allow',
  ...(!('NotAction' in changes) && { Action: 's3:GetObject' }),
  ...(!('NotResource' in changes) && { Resource: bucket }),
  ...changes,
});
const deny = (changes: Changes = {}) => allow({ Effect: 'Deny', ...changes });
const policy = (...Statement: readonly Changes[]) => ({ Version: '2012-10-17', Statement });
const when = (operator: string, key: string, value: Element) => allow({ Condition: { [operator]: { [key]: value } } });
const trust = (Principal: unknown, more: Changes = {}) => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal,
  ...more,
});
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const verdictOf = (a: unknown, b: unknown, options?: CompareOptions) => comparePolicies(a, b, options).verdict;

describe('equal', () => {
  it.each<[string, readonly Changes[], readonly Changes[]]>([
    ['a scalar and a list', [allow()], [allow({ Action: ['s3:GetObject'], Resource: [bucket] })]],
    ['actions in another case', [allow()], [allow({ Action: 'S3:getobject' })]],
    ['Sid', [allow()], [allow({ Sid: 'Read' })]],
    ['the same twice', [allow()], [allow(), allow()]],
    [
      'one statement or two',
      [allow({ Action: ['s3:GetObject', 's3:PutObject'] })],
      [allow(), allow({ Action: 's3:PutObject' })],
    ],
    ['an action that another one covers', [allow({ Action: 's3:*' })], [allow({ Action: ['s3:*', 's3:Get*'] })]],
    [
      'a statement that another one covers',
      [allow({ Action: 's3:*', Resource: '*' })],
      [allow(), allow({ Action: 's3:*', Resource: '*' })],
    ],
    ['every action, in two ways', [allow({ Action: '*' })], [allow({ Action: '*:*' })]],
    ['wildcards in another order', [allow({ Action: 's3:*?' })], [allow({ Action: 's3:?*' })]],
    ['a union of patterns', [allow({ Action: 's3:*' })], [allow({ Action: ['s3:', 's3:?*'] })]],
    [
      'a complement and what it leaves out',
      [allow({ Action: '*' })],
      [allow({ NotAction: 's3:*' }), allow({ Action: 's3:*' })],
    ],
    ['nested complements', [deny({ NotAction: ['s3:*', 's3:Get*'] })], [deny({ NotAction: 's3:*' })]],
    [
      'a key in another case',
      [when('StringEquals', 'aws:PrincipalTag/Team', 'a')],
      [when('StringEquals', 'AWS:principaltag/team', 'a')],
    ],
    [
      'ArnEquals and ArnLike',
      [when('ArnEquals', 'aws:SourceArn', 'arn:aws:s3:::*')],
      [when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*')],
    ],
    [
      'StringLike without wildcard',
      [when('StringLike', 'aws:username', 'a')],
      [when('StringEquals', 'aws:username', 'a')],
    ],
    [
      'a Boolean and its text',
      [when('Bool', 'aws:SecureTransport', true)],
      [when('Bool', 'aws:SecureTransport', ['TRUE'])],
    ],
    [
      'a number and its text',
      [when('NumericLessThan', 'aws:MultiFactorAuthAge', 60)],
      [when('NumericLessThan', 'aws:MultiFactorAuthAge', '60.0')],
    ],
    [
      'a date in two zones',
      [when('DateLessThan', 'aws:CurrentTime', '2026-01-01T00:00:00Z')],
      [when('DateLessThan', 'aws:CurrentTime', '2026-01-01T01:00:00+01:00')],
    ],
    [
      'an address and its block',
      [when('IpAddress', 'aws:SourceIp', '10.0.0.1')],
      [when('IpAddress', 'aws:SourceIp', '10.0.0.1/32')],
    ],
    [
      'two halves of a block',
      [when('IpAddress', 'aws:SourceIp', '10.0.0.0/8')],
      [when('IpAddress', 'aws:SourceIp', ['10.0.0.0/9', '10.128.0.0/9'])],
    ],
    [
      'a value that a wildcard covers',
      [when('StringLike', 'aws:TagKeys', 'a*')],
      [when('StringLike', 'aws:TagKeys', ['a*', 'ab'])],
    ],
    [
      'a condition value or two statements',
      [when('StringEquals', 'aws:username', ['a', 'b'])],
      [when('StringEquals', 'aws:username', 'a'), when('StringEquals', 'aws:username', 'b')],
    ],
    [
      'what is denied anyway',
      [allow(), deny({ Action: 's3:Put*' })],
      [allow(), allow({ Action: 's3:PutObject' }), deny({ Action: 's3:Put*' })],
    ],
    ['an account in two ways', [trust({ AWS: '123456789012' })], [trust({ AWS: 'arn:aws:iam::123456789012:root' })]],
    ['everybody in two ways', [trust('*')], [trust({ AWS: '*' })]],
    [
      'principals in another order',
      [trust({ AWS: [role('a'), role('b')] })],
      [trust({ AWS: [role('b'), role('a'), role('a')] })],
    ],
    [
      'one principal each',
      [trust({ AWS: [role('a'), role('b')] })],
      [trust({ AWS: role('a') }), trust({ AWS: role('b') })],
    ],
    ['no statement and no policy', [], []],
  ])('%s', (_, a, b) => {
    expect(comparePolicies(policy(...a), policy(...b))).toMatchObject({
      verdict: 'equal',
      because: [{ code: 'same' }],
    });
    expect(verdictOf(policy(...b), policy(...a))).toBe('equal');
  });

  it('text as it is sent and as it is answered', () => {
    const text = JSON.stringify(policy(allow()), undefined, 2);

    expect(verdictOf(text, encodeURIComponent(text))).toBe('equal');
    expect(verdictOf(policy(allow()), text)).toBe('equal');
    expect(verdictOf(undefined, policy())).toBe('equal');
  });

  it('another version, unless a variable is used', () => {
    const a = policy(allow());
    const home = policy(allow({ Resource: `arn:aws:s3:::b/\${aws:username}` }));

    expect(verdictOf(a, { ...a, Version: '2008-10-17' })).toBe('equal');
    expect(verdictOf(a, { Statement: a.Statement })).toBe('equal');
    expect(verdictOf(home, { ...home, Version: '2008-10-17' })).not.toBe('equal');
    expect(verdictOf(home, policy(allow({ Resource: `arn:aws:s3:::b/\${AWS:UserName}` })))).toBe('equal');
  });
});

describe('narrower one way, wider the other', () => {
  it.each<[string, readonly Changes[], readonly Changes[]]>([
    ['fewer actions', [allow({ Action: 's3:*' })], [allow()]],
    ['a narrower resource', [allow({ Resource: '*' })], [allow()]],
    [
      'another account in place of all',
      [allow({ Resource: 'arn:aws:iam::*:role/x' })],
      [allow({ Resource: role('x') })],
    ],
    ['a condition', [allow()], [when('StringEquals', 'aws:username', 'a')]],
    ['fewer values', [when('StringLike', 'aws:username', 'a*')], [when('StringEquals', 'aws:username', ['ab', 'ac'])]],
    [
      'without IfExists',
      [when('StringEqualsIfExists', 'aws:username', 'a')],
      [when('StringEquals', 'aws:username', 'a')],
    ],
    [
      'a smaller network',
      [when('IpAddress', 'aws:SourceIp', '10.0.0.0/8')],
      [when('IpAddress', 'aws:SourceIp', '10.1.0.0/16')],
    ],
    [
      'an earlier end',
      [when('DateLessThan', 'aws:CurrentTime', '2026-01-02')],
      [when('DateLessThan', 'aws:CurrentTime', '2026-01-01T00:00:00Z')],
    ],
    ['a deny', [allow()], [allow(), deny()]],
    ['a wider deny', [allow(), deny()], [allow(), deny({ Action: 's3:*' })]],
    ['a deny of what nothing here allows', [allow()], [allow(), deny({ Action: 'ec2:*' })]],
    ['a deny without its condition', [deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })], [deny()]],
    ['more left out', [allow({ NotAction: 'iam:*' })], [allow({ NotAction: ['iam:*', 'sts:*'] })]],
    ['actions in place of a complement', [allow({ NotAction: 'iam:*' })], [allow({ Action: 's3:*' })]],
    ['a resource in place of a complement', [allow({ NotResource: 'arn:aws:iam::*' })], [allow()]],
    ['no statement', [allow()], []],
    ['one role in place of everybody', [trust('*')], [trust({ AWS: role('a') })]],
    ['a service in place of everybody', [trust('*')], [trust({ Service: 'ec2.amazonaws.com' })]],
    ['fewer principals', [trust({ AWS: [role('a'), role('b')] })], [trust({ AWS: role('a') })]],
    [
      'a bound subject',
      [trust({ Federated: 'f' })],
      [trust({ Federated: 'f' }, { Condition: { StringLike: { 'f:sub': 'repo:a/*' } } })],
    ],
    [
      'a variable in place of a wildcard',
      [allow({ Resource: 'arn:aws:s3:::b/*' })],
      [allow({ Resource: `arn:aws:s3:::b/\${aws:username}/*` })],
    ],
  ])('%s', (_, a, b) => {
    expect(comparePolicies(policy(...a), policy(...b))).toMatchObject({
      verdict: 'narrower',
      because: [{ code: 'lost' }],
    });
    expect(comparePolicies(policy(...b), policy(...a))).toMatchObject({
      verdict: 'wider',
      because: [{ code: 'gained' }],
    });
  });

  it('an action beside a word that is none', () => {
    expect(verdictOf(policy(), policy(allow({ Action: ['nothing', 's3:GetObject'] })))).toBe('wider');
    expect(verdictOf(policy(), policy(allow({ Action: 'nothing' })))).toBe('equal');
  });

  it('a policy that is added or removed', () => {
    expect(verdictOf(undefined, policy(allow()))).toBe('wider');
    expect(verdictOf(policy(allow()), undefined)).toBe('narrower');
    expect(verdictOf(policy(deny()), undefined)).toBe('wider');
    expect(verdictOf(undefined, policy(deny()))).toBe('narrower');
  });
});

describe('incomparable', () => {
  it.each<[string, readonly Changes[], readonly Changes[]]>([
    ['other actions', [allow()], [allow({ Action: 's3:PutObject' })]],
    ['the complement', [allow()], [allow({ NotAction: 's3:GetObject' })]],
    ['more actions for fewer resources', [allow({ Resource: '*' })], [allow({ Action: 's3:*' })]],
    [
      'another region',
      [allow({ Resource: 'arn:aws:sqs:us-east-1:1:*' })],
      [allow({ Resource: 'arn:aws:sqs:eu-west-1:1:*' })],
    ],
    ['another role', [trust({ AWS: role('a') })], [trust({ AWS: role('b') })]],
  ])('%s', (_, a, b) => {
    expect(verdictOf(JSON.stringify(policy(...a)), JSON.stringify(policy(...b)))).toBe('incomparable');
  });
});

describe('unknown', () => {
  it.each<[string, readonly Changes[], readonly Changes[]]>([
    ['an operator that IAM does not have', [when('StringSounds', 'k', 'a')], [when('StringSounds', 'k', 'b')]],
    [
      'a network with host bits',
      [when('IpAddress', 'aws:SourceIp', '10.0.0.1/8')],
      [when('IpAddress', 'aws:SourceIp', '10.0.0.0/8')],
    ],
    ['an identity policy and a resource policy', [allow()], [allow({ Principal: '*' })]],
    [
      'what operators with and without Not make of several values',
      [when('StringNotEquals', 'aws:TagKeys', 'b')],
      [when('StringEquals', 'aws:TagKeys', 'a')],
    ],
    ['an account and one of its roles', [trust({ AWS: '123456789012' })], [trust({ AWS: role('a') })]],
    ['federated callers and everybody', [trust('*')], [trust({ Federated: 'f' })]],
  ])('%s', (_, a, b) => {
    expect(verdictOf(policy(...a), policy(...b))).toBe('unknown');
  });

  it('an id whose principal is not known, against an ARN', () => {
    const id = 'AROAEXAMPLEEXAMPLEEXA';
    const [a, b] = [policy(trust({ AWS: role('a') })), policy(trust({ AWS: id }))];
    const resolvePrincipal = (uniqueId: string) => (uniqueId === id ? role('a') : undefined);

    expect(comparePolicies(a, b)).toMatchObject({
      verdict: 'unknown',
      because: expect.arrayContaining([expect.objectContaining({ code: 'unclear' })]),
    });
    expect(verdictOf(b, b)).toBe('equal');
    expect(verdictOf(a, b, { resolvePrincipal })).toBe('equal');
    expect(verdictOf(a, b, { resolvePrincipal: () => role('b') })).toBe('incomparable');
  });

  it('an id that is said to be everybody is not', () => {
    const [a, b] = [policy(trust({ AWS: 'AROAEXAMPLEEXAMPLEEXA' })), policy(trust('*'))];

    expect(verdictOf(a, b, { resolvePrincipal: () => '*' })).not.toBe('equal');
  });

  it('what would take too long', () => {
    const Statement = Array.from({ length: 1001 }, () => allow());

    expect(comparePolicies({ Statement }, policy(allow()))).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'too-large' }],
    });
    expect(
      verdictOf(policy(allow({ Action: 's3:*a?b*' })), policy(allow({ Action: ['s3:*a*', 's3:?'] })), { steps: 1 }),
    ).toBe('unknown');
  });
});

describe('policies made to take long', () => {
  const times = (count: number, make: (at: number) => string) => Array.from({ length: count }, (_, at) => make(at));
  const hostile: readonly (readonly [string, (letter: string) => Changes])[] = [
    [
      'statements',
      (letter) => ({
        Statement: times(600, (at) => `${at}`).map((at) =>
          allow({ Action: [`s3:*${letter}*`, `s3:*${at}?*`], Resource: `*${at}*` }),
        ),
      }),
    ],
    [
      'complements',
      (letter) =>
        policy(
          ...times(40, (at) => `*${letter}${at}*`).map((one) => allow({ NotAction: `s3:${one}`, NotResource: one })),
        ),
    ],
    [
      'conditions',
      (letter) => {
        const keys = (operator: string) => [
          operator,
          Object.fromEntries(
            times(40, (at) => `k${at % 20}`).map((key, at) => [key, times(80, (one) => `*${letter}${one}*${at}`)]),
          ),
        ];
        return policy(
          allow({
            Condition: Object.fromEntries(
              ['StringLike', 'StringNotLike', 'ForAnyValue:StringLike', 'ForAllValues:StringLike'].map(keys),
            ),
          }),
        );
      },
    ],
  ];

  it.each(hostile)('%s: the search ends, and it is said', (_, make) => {
    const { verdict, because } = comparePolicies(make('a'), make('b'));

    expect(verdict).toBe('unknown');
    expect(because).toContainEqual(expect.objectContaining({ code: 'too-large' }));
  });
});

describe('documents that cannot be read', () => {
  it('are equal only when they are the same to the byte, and it is said', () => {
    const broken = '{"Statement":[{"Effect":"Perhaps"}]}';

    expect(comparePolicies(broken, broken)).toMatchObject({
      verdict: 'equal',
      because: [{ code: 'malformed' }, {}, {}],
    });
    expect(comparePolicies(broken, `${broken} `)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'malformed', policy: 'a' }, { policy: 'b' }],
    });
    expect(comparePolicies(policy(allow()), broken)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'malformed', policy: 'b' }],
    });
    expect(verdictOf(undefined, broken)).toBe('unknown');
    expect(verdictOf(JSON.parse(broken), broken)).toBe('unknown');
    expect(verdictOf(JSON.parse(broken), JSON.parse(broken))).toBe('equal');
  });
});

describe('the reasons', () => {
  it('name the statement, the actions and resources, and what the other side asks for them', () => {
    const a = policy(when('StringEquals', 'aws:username', 'ann'), deny({ Action: 'iam:*', Resource: '*' }));
    const b = policy(allow({ Sid: 'Open', Action: ['s3:GetObject', 's3:PutObject'] }));

    expect(comparePolicies(a, b).because.map(({ message }) => message)).toEqual([
      'Statement 2 of A denies iam:* on *; B does not.',
      'Statement 1 (Open) of B allows s3:getobject on arn:aws:s3:::b/*; A does not: Statement 1 of A allows it only if stringequals aws:username [ann].',
      'Statement 1 (Open) of B allows s3:putobject on arn:aws:s3:::b/*; A does not.',
    ]);
  });
});
