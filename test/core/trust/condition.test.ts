import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../../lambdas/core/trust/condition/condition.ts';

const SCAN = {
  scanner: { uri: 'pkg:github/aquasecurity/trivy@0.58.0' },
  vulnerabilities: [
    { id: 'CVE-2024-0001', severity: 'HIGH', score: 7.5 },
    { id: 'CVE-2024-0002', severity: 'LOW', score: 2 },
  ],
  matches: 'a member with the name of a function',
};

function ask(expression: string, predicate: unknown = SCAN) {
  return compileCondition(expression).evaluate('https://example.com/scan/v1', predicate);
}

describe('a condition', () => {
  test.each([
    ['predicate.vulnerabilities.all(v, v.score < 9)', 'true'],
    ['predicate.vulnerabilities.exists(v, v.severity == "CRITICAL")', 'false'],
    ['predicate.vulnerabilities.filter(v, v.score >= 7).size() <= 1', 'true'],
    ['predicate.scanner.uri.startsWith("pkg:github/aquasecurity/trivy@")', 'true'],
    ['predicateType == "https://example.com/scan/v1"', 'true'],
    ['has(predicate.reviewed) && predicate.reviewed', 'false'],
    ['"HIGH" in predicate.vulnerabilities.map(v, v.severity)', 'true'],
  ])('%s is %s', (expression, kind) => {
    expect(ask(expression)).toEqual({ kind });
  });

  test.each([
    ['a member that is not there', 'predicate.nothing == 1'],
    ['another type', 'predicate.scanner < 3'],
    ['no answer', 'predicate.scanner'],
    ['a prototype', 'predicate.constructor.name == "Object"'],
    ['a prototype by its other name', 'predicate.__proto__ == predicate'],
  ])('%s is an error, never a yes', (_name, expression) => {
    expect(ask(expression).kind).toBe('error');
  });

  test.each([
    ['what cannot be parsed', 'predicate.x =='],
    ['a name that is not there', 'environment.SECRET == "x"'],
    ['no yes or no', '"text"'],
    ['a number', '1 + 1'],
    ['one that is too long', `predicate.x == "${'x'.repeat(5000)}"`],
    ['one that is too deep', `${'('.repeat(60)}true${')'.repeat(60)}`],
    ['one of too many parts', Array(300).fill('predicate.a').join(' && ')],
  ])('%s is refused when it is read', (_name, expression) => {
    expect(() => compileCondition(expression)).toThrowError(expect.objectContaining({ code: 'bad-condition' }));
  });
});

describe('matches', () => {
  test.each([
    ['predicate.scanner.uri.matches("^pkg:.*@0\\\\.58\\\\.[0-9]+$")', 'true'],
    ['predicate.scanner.uri.matches("trivy")', 'true'],
    ['predicate.scanner.uri.matches("^trivy")', 'false'],
    ['predicate.matches == "a member with the name of a function"', 'true'],
    ['predicate.matches.matches("name of a f.nction") && !predicate.matches.matches("matches(")', 'error'],
    ['"x.matches(y)" == "x.matches(" + "y)"', 'true'],
    ['predicate.vulnerabilities.all(v, v.id.matches("^CVE-") && v.severity.matches("^(HIGH|LOW)$"))', 'true'],
  ])('%s is %s', (expression, kind) => {
    expect(ask(expression).kind).toBe(kind);
  });

  test.each(['predicate.a.matches("(?=x)")', 'predicate.a.matches("(a)\\\\1")'])(
    '%s is no linear expression, and the engine of the language is not asked instead',
    (expression) => {
      expect(ask(expression, { a: 'aa' }).kind).toBe('error');
    },
  );

  test('an expression that would take a backtracking engine for ever is done at once', () => {
    expect(ask('predicate.a.matches("^(a+)+$")', { a: `${'a'.repeat(5000)}!` })).toEqual({ kind: 'false' });
  });

  test('texts and expressions beyond all use are refused', () => {
    expect(ask('predicate.a.matches("x")', { a: 'a'.repeat(100_000) }).kind).toBe('error');
    expect(ask('predicate.a.matches(predicate.b)', { a: 'a', b: 'b'.repeat(2000) }).kind).toBe('error');
  });
});

describe('a hostile predicate', () => {
  test('cannot make nested quantifiers go on for ever', () => {
    const numbers = Array.from({ length: 5000 }, (_, at) => at);

    expect(ask('predicate.all(x, predicate.exists(y, y == x))', numbers).kind).toBe('error');
    expect(ask('predicate.all(x, predicate.all(y, x == y || true))', numbers).kind).toBe('error');
  });

  test('cannot make a yes out of the limit on work', () => {
    const numbers = Array.from({ length: 300_000 }, (_, at) => at);

    expect(ask('predicate.exists(x, x == 250000) || true', numbers).kind).toBe('error');
  });

  test('whatever it is, the answer is one of three', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (predicate) => {
        const { kind } = ask(
          'predicate.vulnerabilities.all(v, v.score < 9) && predicate.scanner.uri.matches("^pkg:")',
          predicate,
        );
        expect(['true', 'false', 'error']).toContain(kind);
      }),
    );
  });
});
