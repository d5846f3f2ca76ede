import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findImagePolicy, matchRepository } from '../../../lambdas/core/trust/match-repository.ts';
import type { TrustPolicy } from '../../../lambdas/core/trust/policy.ts';

describe('repository patterns', () => {
  test.each([
    ['acme/app', 'acme/app', true],
    ['acme/app', 'acme/app2', false],
    ['acme/app', 'acme', false],
    ['acme/*', 'acme/app', true],
    ['acme/*', 'acme/team/app', false],
    ['acme/*', 'acme/', true],
    ['acme/**', 'acme/team/app', true],
    ['acme/**', 'acmeevil/app', false],
    ['**', 'anything/at/all', true],
    ['*', 'app', true],
    ['*', 'acme/app', false],
    ['acme/*-prod', 'acme/shop-prod', true],
    ['acme/*-prod', 'acme/shop-prod-2', false],
    ['a.b', 'aXb', false],
    ['*/app', 'acme/app', true],
    ['**/app', 'acme/team/app', true],
  ])('%s on %s: %s', (pattern, repository, expected) => {
    expect(matchRepository(pattern, repository)).toBe(expected);
  });

  const names = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '-'), maxLength: 12 });

  test('agree with the expression they stand for', () => {
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*', '**'), maxLength: 8 });
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        const expression = pattern
          .replaceAll('.', '\\.')
          .replaceAll('**', '\u0000')
          .replaceAll('*', '[^/]*')
          .replaceAll('\u0000', '.*');
        expect(matchRepository(pattern, name)).toBe(new RegExp(`^(?:${expression})$`, 's').test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test('a hostile pattern costs no more than its length', () => {
    expect(matchRepository('*a'.repeat(128), 'a'.repeat(255))).toBe(true);
    expect(matchRepository(`${'*a'.repeat(127)}*b`, 'a'.repeat(255))).toBe(false);
  });
});

test('the first policy that fits decides', () => {
  const policyOf = (name: string, ...repositories: string[]) => ({
    name,
    repositories,
    require: { signedBy: name },
    platformImages: 'covered' as const,
  });
  const images = [policyOf('payments', 'acme/payments'), policyOf('rest', 'acme/**'), policyOf('never', 'acme/x')];
  const policy: TrustPolicy = { version: 1, roots: {}, signers: {}, images, otherRepositories: 'ignore' };

  expect(findImagePolicy(policy, 'acme/payments')).toMatchObject({ index: 0, policy: { name: 'payments' } });
  expect(findImagePolicy(policy, 'acme/x')).toMatchObject({ index: 1 });
  expect(findImagePolicy(policy, 'other')).toBeUndefined();
});
