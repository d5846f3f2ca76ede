import { z } from 'zod';
import { messageOf } from '../../lambdas/core/errors.ts';
import { type CompareOptions, comparePolicies } from '../../lambdas/core/iam/compare/compare-policies.ts';
import { parseJson } from '../../lambdas/core/signature/json.ts';
import { toSafeJson } from '../output/visible.ts';
import { readLines } from '../sources/read-lines.ts';
import type { Io } from './command.ts';

/** Two policies of the largest size that is read, escaped as text. */
const LONGEST = 2 * 1024 * 1024;

/** Answers between two waits for the reader. */
const BATCH = 64;

const idShape = z.union([z.string(), z.number().refine((id) => !Number.isInteger(id) || Number.isSafeInteger(id))]);
/** Handed on as it is: what is in it is for the comparison to judge. */
const policyShape = z.unknown().refine((policy) => policy === null || typeof policy === 'string' || isObject(policy), {
  message: 'a policy, its text, or null is taken',
});
const lineShape = z.looseObject({ id: idShape, a: policyShape, b: policyShape });

/**
 * Answers each line of stdin `{id, a, b}` with a line `{id, verdict, because}`, in order, holding one line at a time. A line that cannot be read is answered
 * with the verdict `error`, its number, and its id where there is one. Tells whether every line could be read.
 */
export async function answerComparisons(io: Io, options: CompareOptions): Promise<boolean> {
  let number = 0;
  let allRead = true;
  for await (const line of readLines(io.stdin?.(), LONGEST)) {
    number += 1;
    if (line !== undefined && isBlank(line)) continue;
    const answer = answerLine(line, number, options);
    allRead &&= answer.verdict !== 'error';
    io.out(`${toSafeJson(answer)}\n`);
    if (number % BATCH === 0) await io.flush?.();
  }
  return allRead;
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function answerLine(line: Uint8Array | undefined, number: number, options: CompareOptions) {
  if (line === undefined) return sayError(null, number, `it is longer than ${LONGEST} bytes`);
  let read: z.output<typeof lineShape>;
  try {
    read = parseJson(line, lineShape, 'the line', LONGEST);
  } catch (error) {
    return sayError(findId(line), number, messageOf(error));
  }
  return { id: read.id, ...comparePolicies(read.a ?? undefined, read.b ?? undefined, options) };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sayError(id: string | number | null, line: number, fault: string) {
  const because = [{ code: 'malformed', message: `Line ${line} cannot be read: ${fault}.` }] as const;
  return { id, line, verdict: 'error', because } as const;
}

/** The id of a line in which something else is wrong, so that the asker knows which one it was. */
function findId(line: Uint8Array): string | number | null {
  try {
    const read = z.looseObject({ id: idShape }).safeParse(JSON.parse(Buffer.from(line).toString('utf8')));
    return read.success ? read.data.id : null;
  } catch {
    return null;
  }
}
