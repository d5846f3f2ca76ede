import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { comparePolicies } from '../lambdas/core/iam/compare/compare-policies.ts';
import { measureInTurns } from './measure.ts';
import type { Section } from './section.ts';

/** The policies of AWS in the sample data; without them, made ones of like size. */
const CORPUS = process.env.COUNTERSIGN_CORPUS ?? new URL('../../shared/data', import.meta.url).pathname;
const FILE = `${CORPUS}/aws-managed-policies/policies.jsonl`;

const ROUNDS = { rounds: 7, batch: 1 };

/** Comparisons per second against sorting every array of both documents and comparing their JSON, which is wrong and fast. */
export function measurePolicyComparison(): Section {
  const policies = existsSync(FILE) ? readPolicies() : makePolicies();
  const texts = policies.map((policy) => JSON.stringify(policy));
  const cases = [
    { name: 'the same, written otherwise', pairs: texts.map((text) => [text, writeOtherwise(text)] as const) },
    { name: 'a statement more', pairs: texts.map((text) => [text, addStatement(text)] as const) },
    {
      name: 'nothing in common',
      pairs: texts.map((text, at) => [text, texts[(at * 7 + 1) % texts.length] ?? text] as const),
    },
  ];
  const rows = cases.map(({ name, pairs }) => {
    const times = measureInTurns(
      {
        ours: () => {
          for (const [a, b] of pairs) comparePolicies(a, b);
        },
        sorting: () => {
          for (const [a, b] of pairs) compareSorted(a, b);
        },
      },
      ROUNDS,
    );
    const perSecond = (milliseconds: number) => Math.round((pairs.length / milliseconds) * 1000).toLocaleString('en');
    const ratio = times.ours / times.sorting;
    const right = pairs.filter(([a, b]) => compareSorted(a, b) === (comparePolicies(a, b).verdict === 'equal')).length;
    return {
      cells: [
        name,
        String(pairs.length),
        perSecond(times.ours),
        perSecond(times.sorting),
        `${ratio.toFixed(1)}x`,
        `${right} of ${pairs.length}`,
      ],
      met: ratio <= 5,
      goal: '<= 5x',
    };
  });
  return {
    title: `Comparison of IAM policies, as text (${existsSync(FILE) ? 'of AWS' : 'made ones'}, ${Math.round(texts.join('').length / texts.length)} characters on average)`,
    columns: ['pairs', 'number', 'countersign/s', 'sort and compare/s', 'time over it', 'its answer is ours'],
    rows,
  };
}

const rowShape = z.looseObject({ document: z.looseObject({}) });

function readPolicies(): readonly object[] {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  return lines.map((line) => rowShape.parse(JSON.parse(line)).document);
}

function makePolicies(): readonly object[] {
  return Array.from({ length: 400 }, (_, policy) => ({
    Version: '2012-10-17',
    Statement: Array.from({ length: 1 + (policy % 6) }, (_unused, number) => ({
      Sid: `S${number}`,
      Effect: 'Allow',
      Action: Array.from(
        { length: 3 + ((policy * 7) % 20) },
        (_none, action) => `service${(policy + number) % 30}:Do${action}Thing${action % 4 === 0 ? '*' : ''}`,
      ),
      Resource: number % 2 === 0 ? '*' : [`arn:aws:service${policy % 30}:*:*:thing/${number}*`],
      ...(number % 3 === 0 && { Condition: { StringEquals: { 'aws:PrincipalTag/team': [`team${policy}`] } } }),
    })),
  }));
}

function writeOtherwise(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value: unknown) => {
    if (key === 'Sid') return 'Other';
    if (Array.isArray(value))
      return value
        .toReversed()
        .map((one: unknown) => (key === 'Action' && typeof one === 'string' ? one.toUpperCase() : one));
    return value;
  });
}

function addStatement(text: string): string {
  const more = { Effect: 'Allow', Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/admin' };
  return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    key === 'Statement' ? [value, more].flat() : value,
  );
}

function compareSorted(a: string, b: string): boolean {
  return JSON.stringify(sortAll(JSON.parse(a))) === JSON.stringify(sortAll(JSON.parse(b)));
}

function sortAll(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => JSON.stringify(sortAll(one))).sort();
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sortAll(inner)]),
  );
}
