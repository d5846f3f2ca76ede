import { describe, expect, test } from 'vitest';
import { findImports, listSources, readSource } from './imports.ts';
import { findImpurities, judgeImport } from './rules.ts';

const FOLDERS = ['bin', 'lambdas', 'lib', 'local'];
const sources = FOLDERS.flatMap(listSources);

describe('the way of the imports', () => {
  test('every import of the repository goes the one way', () => {
    const wrong = sources.flatMap((file) =>
      findImports(file, readSource(file)).flatMap((one) => {
        const fault = judgeImport(one);
        return fault === undefined ? [] : [`${one.file} -> ${one.target}: ${fault}`];
      }),
    );

    expect(wrong).toEqual([]);
  });

  test('the imports are found at all', () => {
    const imports = sources.flatMap((file) => findImports(file, readSource(file)));

    expect(imports.length).toBeGreaterThan(sources.length);
    expect(imports).toContainEqual({
      file: 'lambdas/core/images/verify-image.ts',
      target: 'lambdas/core/trust/evaluate.ts',
    });
    expect(
      findImports(
        'lib/a.ts',
        "export * from './b.ts';\nimport './c.ts';\nawait import('./d.ts');\nimport type { E } from 'e';",
      ),
    ).toEqual(['lib/b.ts', 'lib/c.ts', 'lib/d.ts', 'e'].map((target) => ({ file: 'lib/a.ts', target })));
  });

  test.each([
    ['lambdas/core/trust/x.ts', '@aws-sdk/client-ecr'],
    ['lambdas/core/trust/x.ts', 'node:fs'],
    ['lambdas/core/trust/x.ts', 'lambdas/aws/queues.ts'],
    ['lambdas/core/trust/x.ts', 'lambdas/core/images/lifecycle.ts'],
    ['lambdas/core/signature/x.ts', 'lambdas/core/trust/policy.ts'],
    ['lambdas/core/strange/x.ts', 'lambdas/core/trust/policy.ts'],
    ['lambdas/core/errors.ts', 'lambdas/core/trust/policy.ts'],
    ['lambdas/aws/x.ts', 'lambdas/recorder/handler.ts'],
    ['lambdas/recorder/x.ts', 'lambdas/sweep/handler.ts'],
    ['lambdas/recorder/x.ts', '@aws-sdk/client-sqs'],
    ['lambdas/recorder/x.ts', 'local/start.ts'],
    ['lib/x.ts', 'lambdas/aws/queues.ts'],
    ['lib/x.ts', 'lambdas/core/iam/parse-policy.ts'],
    ['lambdas/core/iam/x.ts', 'lambdas/core/events/iam-change.ts'],
    ['lib/x.ts', 'local/start.ts'],
    ['local/x.ts', 'bin/countersign.ts'],
    ['bin/x.ts', 'test/support/corpus.ts'],
  ])('%s may not import %s', (file, target) => {
    expect(judgeImport({ file, target })).toBeDefined();
  });
});

describe('core', () => {
  test.each(listSources('lambdas/core'))('%s depends on its arguments only', (file) => {
    expect(findImpurities(readSource(file))).toEqual([]);
  });

  test.each([
    'const now = Date.now();',
    'new Date()',
    'process.env.X',
    'Math.random()',
    'randomBytes(3)',
    'setTimeout(f, 1)',
    'await fetch(url)',
    'console.log(1)',
    'new RegExp(text)',
  ])('%s is seen', (code) => {
    expect(findImpurities(code)).not.toEqual([]);
  });

  test.each(['new Date(now)', 'source.fetch(x)', '// Date.now() would be wrong', '/* process */', "'console'"])(
    '%s is fine',
    (code) => {
      expect(findImpurities(code)).toEqual([]);
    },
  );
});
