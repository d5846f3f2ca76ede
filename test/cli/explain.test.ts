import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeTree } from '../../bin/explain/describe-tree.ts';
import { type EvidenceNode, growEvidenceTree } from '../../bin/explain/evidence-tree.ts';
import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import type { Requirement } from '../../lambdas/core/trust/requirement.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli } from '../support/run-cli.ts';
import { SIGNERS, writeSamplePolicy } from '../support/signed-samples.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const RAW = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const tried = (policyLine: string, outcome: Evidence['outcome']): Evidence => ({
  policyLine,
  requirement: `wanted at ${policyLine}`,
  outcome,
  checks: [],
});
const at = (path: string) => `images[0].require${path}`;
const leaf = { signedBy: 'a' };

describe('the tree of evidence', () => {
  test.each<[string, readonly Evidence[], EvidenceNode['standing'], Requirement?]>([
    ['one line', [tried(at(''), 'failed')], 'failed'],
    ['a line with a good and a bad one', [tried(at(''), 'failed'), tried(at(''), 'satisfied')], 'satisfied'],
    ['all, one missing', [tried(at('.all[0]'), 'satisfied'), tried(at('.all[1]'), 'missing')], 'missing'],
    ['all, one failed', [tried(at('.all[0]'), 'missing'), tried(at('.all[1]'), 'failed')], 'failed'],
    ['any, one good', [tried(at('.any[0]'), 'failed'), tried(at('.any[1]'), 'satisfied')], 'satisfied'],
    ['any, one undecided', [tried(at('.any[0]'), 'failed'), tried(at('.any[1]'), 'error')], 'error'],
    ['several, unknown how many', [tried(at('.of[0]'), 'satisfied'), tried(at('.of[1]'), 'missing')], 'open'],
    [
      'one of two',
      [tried(at('.of[0]'), 'satisfied'), tried(at('.of[1]'), 'missing')],
      'satisfied',
      { atLeast: 1, of: [leaf, leaf] },
    ],
    [
      'two of two',
      [tried(at('.of[0]'), 'satisfied'), tried(at('.of[1]'), 'missing')],
      'missing',
      { atLeast: 2, of: [leaf, leaf] },
    ],
    [
      'two of two by the same',
      [tried(at('.of[0]'), 'satisfied'), tried(at('.of[1]'), 'satisfied'), tried(at(''), 'missing')],
      'missing',
      { atLeast: 2, of: [leaf, leaf] },
    ],
    [
      'nested',
      [
        tried(at('.any[0].all[0]'), 'satisfied'),
        tried(at('.any[0].all[1]'), 'failed'),
        tried(at('.any[1]'), 'satisfied'),
      ],
      'satisfied',
    ],
  ])('%s', (_, evidence, standing, requirement) => {
    const [root, ...others] = growEvidenceTree(evidence, requirement);

    expect(others).toEqual([]);
    expect(root).toMatchObject({ line: at(''), standing });
  });

  test('holds every piece of evidence once, whatever its lines say', () => {
    const step = fc.constantFrom('.all[0]', '.any[1]', '.of[2]', '.of[99999999]', '.require', '[', '.__proto__', '');
    const line = fc.array(step, { maxLength: 25 }).map((steps) => at(steps.join('')));
    const outcome = fc.constantFrom('satisfied', 'failed', 'missing', 'error');
    fc.assert(
      fc.property(fc.array(fc.tuple(line, outcome), { maxLength: 12 }), (lines) => {
        const evidence = lines.map(([one, result]) => tried(one, result));
        const listed: Evidence[] = [];
        const walk = (node: EvidenceNode): void => {
          listed.push(...node.tried);
          node.parts.forEach(walk);
        };
        growEvidenceTree(evidence).forEach(walk);

        expect(new Set(listed)).toEqual(new Set(evidence));
        expect(listed).toHaveLength(evidence.length);
      }),
    );
  });

  test('nothing raw is in any field', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(hostile, hostile, hostile, (line, text, code) => {
        const reason = { code, message: text };
        const evidence: Evidence[] = [
          {
            policyLine: `${line}.all[0]`,
            requirement: text,
            outcome: 'failed',
            signer: text,
            reason,
            checks: [{ check: 'format', result: 'failed', detail: text }],
          },
        ];
        const result = { verdict: 'invalid', digest: null, policy: text, evidence, reasons: [reason] } as const;

        const shown = describeTree(
          result,
          growEvidenceTree(evidence),
          { name: text, judgedBy: text, repository: text },
          false,
        );

        expect(shown).not.toMatch(RAW);
      }),
    );
  });
});

describeWithCorpus('countersign explain', ['signed-samples', 'layouts'], () => {
  const layout = (name: string) => `oci:${corpusPath('signed-samples', 'layouts', name)}:v1`;
  const policy = (signer: string) => ['--policy', writeSamplePolicy({ signer }), '--scope', 'demo/app'];

  test('says the verdict, why and what to do before all else, and then which signature failed which check of which line', async () => {
    const { code, out } = await runCli(['explain', layout('wrongkey'), ...policy(SIGNERS.key)]);

    const lines = out.split('\n');
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^NOT VERIFIED, invalid: oci:/);
    expect(lines[1]).toMatch(/^ {2}why: the signature does not verify .*\[bad-signature\]$/);
    expect(out).toMatch(/\n {2}next: Treat it as tampered with/);
    expect(out).toMatch(/\nFAILED: signed by author \(images\[0\]\.require\)\n/);
    expect(out).toMatch(/\n\|- FAILED: (?:bundle, referrer|simple-signing, \.sig tag) sha256:[0-9a-f]{64} \(blob /);
    expect(out).toMatch(/\n[|` ] {2}x signature +the signature does not verify/);
  });

  test.each([
    ['bundle', 0, 'VERIFIED'],
    ['unsigned', 1, 'NOT VERIFIED, unsigned'],
    ['attonly', 1, 'NOT VERIFIED, unsigned'],
  ])('%s ends with %i, as verify does', async (name, expected, words) => {
    const { code, out } = await runCli(['explain', layout(name), ...policy(SIGNERS.key)]);

    expect(code).toBe(expected);
    expect(out.startsWith(`${words}: `)).toBe(true);
    expect(out.includes('next: ')).toBe(expected !== 0);
  });

  test('has colours where it is told to, and none elsewhere', async () => {
    const args = ['explain', layout('bundle'), ...policy(SIGNERS.key)];

    const [plain, coloured] = [await runCli(args), await runCli(args, { colours: true })];

    expect(plain.out).not.toMatch(RAW);
    expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
    expect(coloured.out).not.toBe(plain.out);
  });

  test('--json has the same as a tree', async () => {
    const { out } = await runCli(['explain', layout('wrongkey'), ...policy(SIGNERS.key), '--json']);

    expect(JSON.parse(out)).toMatchObject({
      verdict: 'invalid',
      next: [expect.stringContaining('tampered')],
      tree: [{ line: 'images[0].require', standing: 'failed', tried: [{ outcome: 'failed' }, { outcome: 'failed' }] }],
    });
  });

  test('a saved verdict is shown, and is never a yes', async () => {
    for (const [name, expected] of [
      ['bundle', 3],
      ['wrongkey', 1],
    ] as const) {
      const { out: json } = await runCli(['verify', layout(name), ...policy(SIGNERS.key), '--json']);
      const folder = makeFolder({ 'verdict.json': json });

      const { code, out } = await runCli(['explain', '--verdict', `${folder}/verdict.json`]);

      expect(code).toBe(expected);
      expect(out).toContain(JSON.parse(json).evidence[0].origin.manifest);
    }
  });
});

test.each([
  ['{}', 'neither what countersign verify --json prints'],
  ['[', 'JSON'],
  [JSON.stringify({ verdict: 'verified', digest: null, policy: null, evidence: [{}], reasons: [] }), 'neither what'],
])('a saved verdict that is none is refused: %s', async (text, message) => {
  const folder = makeFolder({ 'verdict.json': text });
  const { code, out, err } = await runCli(['explain', '--verdict', `${folder}/verdict.json`]);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test.each([
  [['explain', 'oci:x', '--verdict', 'y']],
  [['explain', '--verdict', 'y', '--policy', 'z']],
  [['explain', '--verdict', 'y', '--index', 'z']],
  [['explain']],
])('%j is wrong usage', async (args) => {
  expect(await runCli(args)).toMatchObject({ code: 2, out: '' });
});

test.each([
  ['verified', 3, /^VERIFIED: /],
  ['unsigned', 1, /^NOT VERIFIED, unsigned: /],
  ['pending', 3, /^COULD NOT DECIDE: .*\n {2}why: The grace for a signature to arrive is not over/],
])('a verdict of the service that is %s is shown too', async (state, expected, words) => {
  const verdict = {
    state,
    digest: `sha256:${'a'.repeat(64)}`,
    policy: 'p',
    evidence: [tried(at(''), 'missing')],
    reasons: [],
    revision: 3,
  };
  const folder = makeFolder({ 'verdict.json': JSON.stringify(verdict) });

  const { code, out } = await runCli(['explain', '--verdict', `${folder}/verdict.json`]);

  expect(code).toBe(expected);
  expect(out).toMatch(words);
});
