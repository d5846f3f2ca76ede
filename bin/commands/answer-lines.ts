import { z } from 'zod';
import { CountersignError, messageOf } from '../../lambdas/core/errors.ts';
import { parseJson } from '../../lambdas/core/signature/json.ts';
import { toSafeJson } from '../output/visible.ts';
import { readLines } from '../sources/read-lines.ts';
import type { Io } from './command.ts';

/** Answers between two waits for the reader. */
const BATCH = 64;

/** What names a line to the asker: text, or a number that stays the same when it is read. */
export const lineId = z.union([
  z.string(),
  z.number().refine((id) => !Number.isInteger(id) || Number.isSafeInteger(id)),
]);
export type LineId = z.output<typeof lineId>;

export interface LineAnswers<Line extends { readonly id: LineId }> {
  readonly shape: z.ZodType<Line>;
  /** Bytes of a line. */
  readonly longest: number;
  /** What is answered beside the id. What it throws becomes the answer `toError` gives. */
  answer(line: Line): object;
  /** What is answered beside id and number of a line that cannot be read. */
  toError(fault: string): object;
}

/**
 * Answers each line of JSON on stdin with a line that has the same id, in order, holding one line at a time. A line that cannot be read or answered is answered
 * with its number, and its id where there is one. Tells whether every line could be read.
 */
export async function answerLines<Line extends { readonly id: LineId }>(
  io: Io,
  answers: LineAnswers<Line>,
): Promise<boolean> {
  const { longest } = answers;
  let number = 0;
  let allRead = true;
  for await (const line of readLines(io.stdin?.(), longest)) {
    number += 1;
    if (line !== undefined && isBlank(line)) continue;
    const { answer, isRead } = answerLine(line, number, answers);
    allRead &&= isRead;
    io.out(`${toSafeJson(answer)}\n`);
    if (number % BATCH === 0) await io.flush?.();
  }
  return allRead;
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function answerLine<Line extends { readonly id: LineId }>(
  line: Uint8Array | undefined,
  number: number,
  { shape, longest, answer, toError }: LineAnswers<Line>,
): { readonly answer: object; readonly isRead: boolean } {
  const refuse = (id: LineId | null, fault: string) => ({
    answer: { id, line: number, ...toError(`Line ${number} cannot be read: ${fault}.`) },
    isRead: false,
  });
  if (line === undefined) return refuse(null, `it is longer than ${longest} bytes`);
  try {
    const read = parseJson(line, shape, 'the line', longest);
    return { answer: { id: read.id, ...answer(read) }, isRead: true };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return refuse(findId(line), messageOf(error));
  }
}

/** The id of a line in which something else is wrong, so that the asker knows which one it was. */
function findId(line: Uint8Array): LineId | null {
  try {
    const read = z.looseObject({ id: lineId }).safeParse(JSON.parse(Buffer.from(line).toString('utf8')));
    return read.success ? read.data.id : null;
  } catch {
    return null;
  }
}
