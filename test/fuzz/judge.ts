import { isDeepStrictEqual } from 'node:util';
import { CountersignError } from '../../lambdas/core/errors.ts';
import { takeWork, type Work } from './meter.ts';
import { compareParts } from './parts.ts';
import type { FuzzCase, Harmless, Outcome, Target } from './target.ts';

/** A case that is ready to be judged: what the valid input itself comes to. */
export interface OpenCase {
  readonly of: FuzzCase;
  readonly target: Target;
  readonly judge: (input: Buffer) => Outcome | Promise<Outcome>;
  readonly good: Outcome;
}

/** What an input did. A `defect` is what must never be: a false accept, an error of no type of ours, or more work than its size allows. */
export type Finding =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'parsed' }
  /** Accepted, and it says what the valid input says. `because`: why the parts that differ do not matter; empty where only the spelling does. */
  | { readonly kind: 'same'; readonly because: readonly string[] }
  | { readonly kind: 'defect'; readonly what: string };

/** Opens a case. Undefined where its valid input is refused and the target is one whose inputs have to be accepted: some public ones are wrong on purpose. */
export async function openCase(one: FuzzCase, target: Target): Promise<OpenCase | undefined> {
  try {
    const judge = target.open(one.context);
    const good = await judge(one.input);
    return target.parts !== undefined && good.kind === 'refused' ? undefined : { of: one, target, judge, good };
  } catch (thrown) {
    if (thrown instanceof CountersignError) return undefined;
    throw thrown;
  }
}

/** Most work for an input: a candidate has at most 8 log entries and 8 time stamps, each with some checks per authority of the root. */
const BOUND = { signatures: 200, keys: 100, hashedPerByte: 100, hashed: 4 * 1024 * 1024 };

/** Judges one changed input of a case. `donor` is the case that parts were taken from: it may have been taken whole. Never throws. */
export async function judgeInput(one: OpenCase, donor: OpenCase, input: Buffer): Promise<Finding> {
  const { target, judge } = one;
  takeWork();
  let outcome: Outcome;
  try {
    outcome = await judge(input);
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) return { kind: 'defect', what: `crash: ${describe(thrown)}` };
    outcome = { kind: 'refused', code: thrown.code };
  }
  const excess = findExcess(takeWork(), input.length);
  if (excess !== undefined) return { kind: 'defect', what: excess };
  if (outcome.kind !== 'accepted') return outcome;
  const { says } = outcome;
  const takesWhole = target.takesWhole ?? isDeepStrictEqual;
  const known = [one, ...(takesWhole(one.of.context, donor.of.context) ? [donor] : [])];
  const alike = known.filter(({ good }) => saysNoMore(outcome, good));
  if (alike.length === 0) return { kind: 'defect', what: `accepted as ${says.slice(0, 300)}` };
  const explained = alike.map(({ of }) => explain(target, { ...of, context: one.of.context }, input));
  return explained.find(({ kind }) => kind === 'same') ?? explained[0] ?? { kind: 'defect', what: 'accepted' };
}

/** Whether an acceptance says what the valid input says, at no other times. */
function saysNoMore({ says, times = [] }: Extract<Outcome, { kind: 'accepted' }>, good: Outcome): boolean {
  return good.kind === 'accepted' && good.says === says && times.every((time) => good.times?.includes(time));
}

function findExcess({ signatures, keys, hashed }: Work, length: number): string | undefined {
  if (signatures > BOUND.signatures) return `work: ${signatures} signatures checked`;
  if (keys > BOUND.keys) return `work: ${keys} keys read`;
  return hashed > BOUND.hashed + BOUND.hashedPerByte * length
    ? `work: ${hashed} bytes hashed for ${length}`
    : undefined;
}

/** Why an accepted input means what the valid one means: each part that differs must be one that is known not to matter. */
function explain({ parts, harmless = [] }: Target, of: FuzzCase, input: Buffer): Finding {
  if (parts === undefined) return { kind: 'defect', what: 'accepted' };
  let accepted: ReadonlyMap<string, string>;
  try {
    accepted = parts(input, of.context);
  } catch (thrown) {
    return { kind: 'defect', what: `accepted, and its parts cannot be read: ${describe(thrown)}` };
  }
  const differing = compareParts(parts(of.input, of.context), accepted);
  const applies = ({ unless }: Harmless) =>
    unless === undefined || ![...accepted.keys()].some((name) => unless.test(name));
  const reasons = differing.map((part) => harmless.find((one) => one.part.test(part) && applies(one))?.because);
  const unexplained = differing.filter((_, index) => reasons[index] === undefined);
  return unexplained.length === 0
    ? { kind: 'same', because: [...new Set(reasons.filter((reason) => reason !== undefined))] }
    : { kind: 'defect', what: `accepted with another ${unexplained.join(', ').slice(0, 300)}` };
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message).slice(0, 1500) : String(thrown);
}
