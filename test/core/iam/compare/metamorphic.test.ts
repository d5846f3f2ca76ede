import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { comparePolicies } from '../../../../lambdas/core/iam/compare/compare-policies.ts';
import { corpusPath, describeWithCorpus } from '../../../support/corpus.ts';
import { MUTATIONS } from './mutations.ts';
import { type Raw, rawPolicyShape } from './raw-policy.ts';
import { REWRITES, withPrincipal } from './rewrites.ts';

const FILE = ['aws-managed-policies', 'policies.jsonl'];
const rowShape = z.looseObject({ name: z.string(), document: rawPolicyShape });

function readPolicies(): readonly { readonly name: string; readonly document: Raw }[] {
  const lines = readFileSync(corpusPath(...FILE) ?? '', 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => rowShape.parse(JSON.parse(line)));
}

describeWithCorpus('policies of AWS', FILE, () => {
  const policies = readPolicies();

  it.each(Object.entries(REWRITES))('equal: %s', { timeout: 120_000 }, (_, rewrite) => {
    let tried = 0;
    const wrong: unknown[] = [];
    for (const { name, document } of policies) {
      const rewritten = rewrite(document);
      if (rewritten === undefined) continue;
      tried += 1;
      for (const [a, b] of [
        [document, rewritten],
        [rewritten, document],
      ]) {
        const { verdict, because } = comparePolicies(a, b);
        if (verdict !== 'equal') wrong.push({ name, verdict, because: because.slice(0, 2) });
      }
    }

    expect(wrong.slice(0, 3)).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });

  it('equal: an account and its root, in a resource policy', { timeout: 120_000 }, () => {
    for (const { name, document } of policies) {
      const [a, b] = [
        withPrincipal(document, '123456789012'),
        withPrincipal(document, 'arn:aws:iam::123456789012:root'),
      ];

      expect(comparePolicies(a, b).verdict, name).toBe('equal');
    }
  });

  it.each(Object.entries(MUTATIONS))('never equal: %s', { timeout: 120_000 }, (_, { mutate, gains }) => {
    const verdicts: Record<string, number> = {};
    const wrong: unknown[] = [];
    for (const { name, document } of policies) {
      const mutated = mutate(document);
      if (mutated === undefined) continue;
      const { verdict, because } = comparePolicies(document, mutated);
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (verdict === 'equal' || (gains && verdict === 'narrower'))
        wrong.push({ name, verdict, because: because.slice(0, 2) });
    }
    const tried = Object.values(verdicts).reduce((sum, count) => sum + count, 0);

    expect(wrong.slice(0, 3)).toEqual([]);
    expect(tried).toBeGreaterThan(5);
    expect((verdicts.unknown ?? 0) / tried, JSON.stringify(verdicts)).toBeLessThan(0.1);
  });
});
