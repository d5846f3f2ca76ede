import { describe, expect, test } from 'vitest';
import { findMissing } from '../../../../lambdas/core/iam/baseline/missing-resources.ts';
import { nameBaseline, readBaselineName } from '../../../../lambdas/core/iam/baseline/name-baseline.ts';

const arn = (name: string) => `arn:aws:iam::111122223333:${name}`;

describe('what is missing in an account', () => {
  test.each([
    ['a baseline of nothing', { declared: [arn('role/app')], open: [] }, [arn('role/app')]],
    ['a baseline of what has another path', { declared: [arn('role/here')], open: [] }, []],
    ['open drift of nothing', { declared: [], open: [arn('role/team/app')] }, [arn('role/team/app')]],
    ['open drift of what is there', { declared: [], open: [arn('role/team/here')] }, []],
    ['open drift under a former path', { declared: [], open: [arn('role/here')] }, [arn('role/here')]],
    ['both about one', { declared: [arn('user/a')], open: [arn('user/a')] }, [arn('user/a')]],
    ['a role and a user of one name', { declared: [arn('user/here')], open: [] }, [arn('user/here')]],
  ])('%s', (_, record, missing) => {
    expect(findMissing([arn('role/team/here')], record)).toEqual(missing);
  });
});

describe('the object of a baseline', () => {
  test.each(['role/app', 'user/a@b.c', 'group/.hidden', 'policy/..', 'role/__proto__', 'user/%2E'])(
    'of %s tells of what it is',
    (name) => {
      expect(() => nameBaseline(arn(name))).not.toThrow();
      expect(readBaselineName(nameBaseline(arn(name)), 'aws')).toBe(name.includes('%') ? undefined : arn(name));
    },
  );

  test('leaves the path out', () => {
    expect(readBaselineName(nameBaseline(arn('role/team/app')), 'aws-cn')).toBe(
      'arn:aws-cn:iam::111122223333:role/app',
    );
  });

  test.each([
    'baselines/111122223333/roles/app.yaml',
    'baselines/111122223333/roles/.app.sigstore.jsonl',
    'baselines/111122223333/roles/a/b.sigstore.jsonl',
    'baselines/1/roles/app.sigstore.jsonl',
    'baselines/111122223333/constructor/app.sigstore.jsonl',
    '../baselines/111122223333/roles/app.sigstore.jsonl',
    '',
  ])('that is called %j is none', (key) => {
    expect(readBaselineName(key, 'aws')).toBeUndefined();
  });
});
