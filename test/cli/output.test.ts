import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeResult } from '../../bin/output/describe-result.ts';
import { exitCodeOf, formatJson, type Result } from '../../bin/output/result.ts';
import { makeVisible, toSafeJson } from '../../bin/output/visible.ts';
import { evidenceSchema } from '../../lambdas/core/trust/evidence.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli } from '../support/run-cli.ts';

/** What must never reach a terminal: what it obeys or hides. Line feeds are ours. */
const RAW = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** What `--json` prints, to the letter: a script may rely on it. */
const jsonSchema = z.strictObject({
  verdict: z.enum(['verified', 'unsigned', 'invalid', 'error', 'gone', 'ignored']),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .nullable(),
  policy: z.string().nullable(),
  evidence: z.array(evidenceSchema),
  reasons: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

const hostile = fc.string({ unit: 'binary', maxLength: 40 });
const results: fc.Arbitrary<Result> = fc.record({
  verdict: fc.constantFrom('verified', 'unsigned', 'invalid', 'error', 'gone', 'ignored'),
  digest: fc.constant(`sha256:${'a'.repeat(64)}`),
  policy: fc.option(hostile),
  reasons: fc.array(fc.record({ code: hostile, message: hostile }), { maxLength: 3 }),
  evidence: fc.array(
    fc.record({
      policyLine: hostile,
      requirement: hostile,
      outcome: fc.constantFrom('satisfied', 'failed', 'missing', 'error'),
      signer: hostile,
      checks: fc.array(
        fc.record({
          check: fc.constantFrom('format', 'signature', 'subject'),
          result: fc.constantFrom('passed', 'failed', 'skipped'),
          detail: hostile,
        }),
        { maxLength: 3 },
      ),
      reason: fc.record({ code: hostile, message: hostile }),
    }),
    { maxLength: 3 },
  ),
});

describe('hostile text', () => {
  test.each([
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['\u009b31m', '\\u{9b}31m'],
    ['a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['line\nfeed\rreturn', 'line\\u{a}feed\\u{d}return'],
    ['\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['\u3164 filler', '\\u{3164} filler'],
    ['half \ud800', 'half \\u{d800}'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['Grüße, 東京', 'Grüße, 東京'],
  ])('%j is shown as %j', (text, shown) => {
    expect(makeVisible(text)).toBe(shown);
  });

  test('nothing raw is in any field for people', () => {
    fc.assert(
      fc.property(results, hostile, (result, name) => {
        const text = describeResult(result, { name, judgedBy: name, repository: name });
        const lines =
          2 + result.reasons.length + result.evidence.reduce((sum, { checks }) => sum + 4 + checks.length, 0);

        expect(text).not.toMatch(RAW);
        expect(text.split('\n')).toHaveLength(lines + 1);
      }),
    );
  });

  test('JSON holds nothing raw and means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = toSafeJson(value);

        expect(text).not.toMatch(RAW);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('is cut', () => {
    expect(makeVisible('x'.repeat(1_000_000)).length).toBeLessThan(2100);
  });
});

test('the first line says the verdict, and the exit code says the same', () => {
  fc.assert(
    fc.property(results, (result) => {
      const [first = ''] = describeResult(result, { name: 'image', judgedBy: 'policy' }).split('\n');
      const words = new Map<number, string>([
        [0, 'VERIFIED: '],
        [1, 'NOT VERIFIED, '],
        [3, 'COULD NOT DECIDE'],
      ]).get(exitCodeOf(result.verdict));

      expect(words).toBeDefined();
      expect(first.startsWith(words ?? '?')).toBe(true);
      expect(exitCodeOf(result.verdict) === 0).toBe(result.verdict === 'verified');
      expect(jsonSchema.parse(JSON.parse(formatJson(result))).verdict).toBe(result.verdict);
    }),
  );
});

describeWithCorpus('--json of real images', ['signed-samples', 'layouts'], () => {
  test.each([
    'unsigned',
    'legacy',
    'bundle',
    'wrongkey',
    'attonly',
    'transplant',
    'keyless',
    'keylessgh',
    'noct',
    'notjws',
    'nothing',
  ])('%s is one object of the documented form, and nothing else', async (layout) => {
    const folder = `${corpusPath('signed-samples', 'layouts')}/${layout}`;
    const key = corpusPath('signed-samples', 'keys', 'cosign.pub') ?? '';

    const { out, err } = await runCli(['verify', `oci:${folder}:v1`, '--key', key, '--insecure-ignore-tlog', '--json']);

    expect(err).toBe('');
    expect(out).toMatch(/^\{[^\n]*\}\n$/);
    jsonSchema.parse(JSON.parse(out));
  });
});
