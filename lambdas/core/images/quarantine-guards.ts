import type { Reason } from '../errors.ts';
import type { Plan } from '../ledger/plan.ts';
import { matchRepository } from '../trust/match-repository.ts';
import type { ImageAtRest } from './quarantine.ts';
import type { VerdictState } from './verdict.ts';

/** What is known of something, or why it is not. What is not known forbids. */
export type Known<T> = { readonly known: T } | { readonly unknown: string };

/** All that is asked before an image is touched, read just now. */
export interface QuarantineFacts {
  readonly killSwitch: Known<string>;
  readonly atRest: Known<ImageAtRest | 'gone'>;
  /** The verdict of a fresh look; of an archived image, which cannot be looked at, the one on record. */
  readonly verdict: Known<VerdictState | 'undecided'>;
  /** Names of the tasks and functions that run from the image. */
  readonly usedBy: Known<readonly string[]>;
}

/** What the configuration in force says. */
export interface QuarantineBounds {
  readonly policyHash: string;
  readonly protectedRepositories: readonly string[];
  /** Seconds. */
  readonly notPulledFor?: number | undefined;
}

/** What forbids to apply a quarantine plan now, or undefined. Every guard has to say yes; one that cannot be asked says no. */
export function findObstacle(
  plan: Pick<Plan, 'policyHash' | 'steps'>,
  facts: QuarantineFacts,
  bounds: QuarantineBounds,
  now: number,
): Reason | undefined {
  return (
    judgeSwitch(facts.killSwitch) ??
    judgePolicy(plan, bounds) ??
    judgeRepository(plan, bounds) ??
    ask('image-state', facts.atRest, (atRest) => judgeImage(atRest, bounds, now)) ??
    ask('verdict', facts.verdict, judgeVerdict) ??
    ask('use', facts.usedBy, judgeUse)
  );
}

/** The switch alone: what may stop an undo. An undo leads back to where we found things, also in a protected repository or under another policy. */
export function judgeSwitch(killSwitch: Known<string>): Reason | undefined {
  return ask('kill-switch', killSwitch, (value) =>
    // Anything but `off` stops: a value that nobody should have written is no permission.
    value === 'off' ? undefined : { code: 'kill-switch', message: 'The kill switch is on: nothing is changed.' },
  );
}

function judgePolicy({ policyHash }: Pick<Plan, 'policyHash'>, bounds: QuarantineBounds): Reason | undefined {
  if (policyHash === bounds.policyHash) return undefined;
  return { code: 'other-policy', message: 'The plan was made under a configuration that is not in force any more.' };
}

function judgeRepository({ steps }: Pick<Plan, 'steps'>, bounds: QuarantineBounds): Reason | undefined {
  const isProtected = steps.some(
    ({ call }) =>
      !('repository' in call) ||
      bounds.protectedRepositories.some((pattern) => matchRepository(pattern, call.repository)),
  );
  return isProtected ? { code: 'protected', message: 'The repository is protected by the configuration.' } : undefined;
}

function judgeImage(atRest: ImageAtRest | 'gone', bounds: QuarantineBounds, now: number): Reason | undefined {
  if (atRest === 'gone') return { code: 'gone', message: 'The image is not there any more.' };
  const { lastPulledAt } = atRest;
  const pulledWithin = bounds.notPulledFor === undefined ? 0 : bounds.notPulledFor * 1000;
  if (lastPulledAt === undefined || lastPulledAt <= now - pulledWithin || pulledWithin === 0) return undefined;
  return { code: 'pulled', message: `The image was pulled at ${new Date(lastPulledAt).toISOString()}: it is in use.` };
}

function judgeVerdict(verdict: VerdictState | 'undecided'): Reason | undefined {
  if (verdict === 'invalid' || verdict === 'unsigned') return undefined;
  return { code: 'verdict-changed', message: `A fresh look finds the image ${verdict}, not invalid or unsigned.` };
}

function judgeUse(users: readonly string[]): Reason | undefined {
  if (users.length === 0) return undefined;
  const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
  return { code: 'running', message: `The image is in use by ${users.slice(0, 3).join(', ').slice(0, 300)}${more}.` };
}

function ask<T>(guard: string, fact: Known<T>, judge: (value: T) => Reason | undefined): Reason | undefined {
  if ('known' in fact) return judge(fact.known);
  return {
    code: `unknown-${guard}`,
    message: `The guard "${guard}" could not be asked: ${fact.unknown.slice(0, 300)}`,
  };
}
