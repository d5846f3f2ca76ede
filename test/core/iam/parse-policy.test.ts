import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../lambdas/core/iam/parse-policy.ts';

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const policy = (changes: object = {}) => ({ Version: '2012-10-17', Statement: { ...statement, ...changes } });
const malformed = expect.objectContaining({ code: 'malformed' });

describe('parsePolicy', () => {
  it('reads scalars as lists, actions without case and conditions taken apart', () => {
    const document = parsePolicy(
      policy({ Sid: 'Read', Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a', true, 7] } } }),
    );

    expect(document).toEqual({
      version: '2012-10-17',
      statements: [
        {
          number: 1,
          sid: 'Read',
          effect: 'Allow',
          actions: { mode: 'in', patterns: ['s3:getobject'] },
          resources: { mode: 'in', patterns: ['*'] },
          principals: undefined,
          conditions: [
            {
              operator: 'stringlike',
              quantifier: 'ForAnyValue',
              ifExists: true,
              key: 'aws:tagkeys',
              values: ['a', 'true', '7'],
            },
          ],
        },
      ],
    });
  });

  it('takes text as it is sent and as it is answered', () => {
    const text = JSON.stringify(policy());

    expect(parsePolicy(encodeURIComponent(text))).toEqual(parsePolicy(text));
    expect(parsePolicy(text)).toEqual(parsePolicy(policy()));
  });

  it('reads both ways of naming everybody the same', () => {
    const [one] = parsePolicy(policy({ Resource: undefined, Principal: '*' })).statements;
    const [other] = parsePolicy(policy({ Resource: undefined, Principal: { AWS: '*' } })).statements;

    expect(one).toEqual(other);
    expect(one?.principals).toEqual({ mode: 'in', principals: [{ kind: 'AWS', value: '*' }] });
  });

  it.each([
    ['an unknown version', { ...policy(), Version: '2025-01-01' }],
    ['an unknown element', policy({ Actions: 's3:*' })],
    ['an unknown effect', policy({ Effect: 'allow' })],
    ['no action', policy({ Action: undefined })],
    ['an empty list of actions', policy({ Action: [] })],
    ['an empty list of resources', policy({ Resource: [] })],
    ['both Action and NotAction', policy({ NotAction: 's3:*' })],
    ['both Resource and NotResource', policy({ NotResource: '*' })],
    ['both Principal and NotPrincipal', policy({ Principal: '*', NotPrincipal: '*' })],
    ['a principal of no kind', policy({ Principal: { Any: '*' } })],
    ['a name that stands twice', '{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}'],
    ['percent signs that encode nothing', '%7B%'],
    ['no object', 'null'],
    ['nothing', ''],
  ])('refuses %s', (_, input) => {
    expect(() => parsePolicy(input)).toThrow(malformed);
  });

  it.each([
    ['a condition key', '"Condition":{"StringEquals":{"__proto__":"x"}}'],
    ['an operator', '"Condition":{"__proto__":{"aws:username":"x"}}'],
    ['a kind of principal', '"Principal":{"AWS":"*","__proto__":"x"}'],
    ['an element', '"__proto__":{"x":"y"}'],
  ])('refuses %s named __proto__, which copying would leave out', (_, element) => {
    const text = `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*",${element}}}`;

    expect(() => parsePolicy(text)).toThrow(malformed);
    expect(() => parsePolicy(JSON.parse(text))).toThrow(malformed);
  });

  it('refuses numbers that another text would be read as too', () => {
    const text =
      '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"k":9007199254740993}}}}';

    expect(() => parsePolicy(text)).toThrow(malformed);
  });

  it('lowers the case of ASCII letters only: a Kelvin sign is no k', () => {
    const [statement] = parsePolicy(
      policy({ Action: 'KMS:Decrypt', Condition: { StringEquals: { 'aws:\u212aey': 'x' } } }),
    ).statements;

    expect(statement?.actions.patterns).toEqual(['kms:decrypt']);
    expect(statement?.conditions[0]?.key).toBe('aws:\u212aey');
    expect(parsePolicy(policy({ Action: '\u212aMS:Decrypt' })).statements[0]?.actions.patterns).toEqual([
      '\u212ams:decrypt',
    ]);
  });

  it('refuses text beyond every quota of IAM', () => {
    expect(() => parsePolicy(`{"Id":"${'x'.repeat(262_144)}"}`)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});
