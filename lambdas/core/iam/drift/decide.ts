import { canonicalize } from '../../canonical-json.ts';
import { digestOf } from '../../digest.ts';
import type { Reason } from '../../errors.ts';
import { createPlan, MOST_STEPS, type Plan, type PlanMode } from '../../ledger/plan.ts';
import { capturePolicy, capturePrincipal } from '../baseline/capture.ts';
import { type CompareStatesOptions, compareStates, type Difference } from '../baseline/compare-states.ts';
import type { BaselineState } from '../baseline/state.ts';
import type { BaselineStanding, SignedBaseline } from '../baseline/verify-baseline.ts';
import type { LiveState } from '../live-state.ts';
import { combineVerdicts, describeDifferences } from './describe-differences.ts';
import type { DriftObservation } from './lifecycle.ts';
import { findProtection, isAwsQuarantine, type Protected } from './out-of-reach.ts';
import { planRevert, type SpareVersion } from './plan-revert.ts';

export interface DriftQuestion {
  readonly account: string;
  readonly resource: string;
  readonly standing: BaselineStanding;
  readonly live: LiveState | undefined;
  readonly compare: CompareStatesOptions;
  readonly settings: DriftSettings;
  readonly policyHash: string;
  readonly episode: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** Other versions of a managed policy, the oldest first. */
  readonly spares: readonly SpareVersion[];
  /** Principals that a managed policy is attached to; undefined where that could not be read. */
  readonly holders: number | undefined;
  /** When somebody last set the user's password anew (`UpdateLoginProfile`), Unix milliseconds. State cannot show it: only its event tells. */
  readonly passwordSetAt?: number | undefined;
}

export interface DriftSettings extends Protected {
  readonly mode: PlanMode;
  /** A change of a policy that more principals hold waits for an operator. */
  readonly mostHolders: number;
}

export interface DriftDecision {
  readonly observation: Omit<DriftObservation, 'plans' | 'paths' | 'actor' | 'details'>;
  /** What was compared, where something deviates: for whoever tells what that adds. */
  readonly compared?: { readonly signed: BaselineState | undefined; readonly found: BaselineState };
  readonly plan?: Plan;
}

/**
 * What a look comes to, and what to do about it. No plan without a signed state, none for what is out of reach, none for what is gone or was never declared
 * (to delete or to make anew cannot be taken back). What only takes access away, and what many hold, waits for an operator even where the mode enforces.
 */
export function decideDrift(question: DriftQuestion): DriftDecision {
  const { standing, live } = question;
  switch (standing.state) {
    case 'missing':
      return live === undefined ? close('gone') : tellUndeclared(question, live);
    case 'invalid':
    case 'expired':
    case 'rolled-back':
    case 'unreadable': {
      const deviations = [`${standing.state}: ${standing.reason.message}`];
      return { observation: { state: 'unreadable-baseline', deviations } };
    }
    case 'signed':
      if (live !== undefined) return decideSigned(question, standing.baseline, live);
      return { observation: { state: 'deleted', deviations: ['it is not there'] } };
  }
}

function close(state: 'covered' | 'gone'): DriftDecision {
  return { observation: { state, deviations: [] } };
}

function tellUndeclared(question: DriftQuestion, live: LiveState): DriftDecision {
  const found = capture(live, []);
  return {
    observation: {
      state: 'undeclared',
      deviations: listContent(found),
      ...protectionOf(live, question.settings),
    },
    compared: { signed: undefined, found },
  };
}

function decideSigned(question: DriftQuestion, baseline: SignedBaseline, live: LiveState): DriftDecision {
  const { compare, now, settings, passwordSetAt = Number.NEGATIVE_INFINITY } = question;
  const { state, approved } = baseline;
  const found = capture(live, state.kind === 'role' || state.kind === 'user' ? state.tags.map(({ key }) => key) : []);
  const differences = [...compareStates(state, found, compare), ...judgePassword(question, baseline, found)];
  const isApproved = approved.some(
    (one) => now < one.until && passwordSetAt < one.since && compareStates(one.state, found, compare).length === 0,
  );
  if (differences.length === 0 || isApproved) return close('covered');
  const observation = {
    state: 'drifted',
    verdict: combineVerdicts(differences),
    deviations: describeDifferences(differences),
    ...protectionOf(live, settings),
  } as const;
  const compared = { signed: state, found };
  if ('protection' in observation) return { observation, compared };
  const plan = draftPlan(question, state, live, differences);
  return { observation, compared, ...(plan !== undefined && { plan }) };
}

/** A password that was signed is another one when somebody set it anew since. */
function judgePassword(
  { passwordSetAt }: DriftQuestion,
  { state, createdAt }: SignedBaseline,
  found: BaselineState,
): readonly Difference[] {
  if (passwordSetAt === undefined || passwordSetAt <= createdAt || state.kind !== 'user' || found.kind !== 'user')
    return [];
  if (state.credentials?.password !== true || found.credentials?.password !== true) return [];
  return [{ part: 'password', change: 'changed', verdict: 'unknown' }];
}

function draftPlan(
  question: DriftQuestion,
  signed: BaselineState,
  live: LiveState,
  differences: readonly Difference[],
): Plan | undefined {
  const { account, resource, settings, policyHash, episode, spares, holders = Number.POSITIVE_INFINITY } = question;
  // Whoever has the ARN now is not whom the baseline means: what that one should have is for a person to say.
  if (differences.some(({ part }) => part === 'unique-id' || part === 'existence')) return undefined;
  const found = planRevert(signed, live, differences, account, spares);
  const reversible = found.filter(({ inverse }) => 'call' in inverse);
  // What cannot be taken back waits for an operator, and nothing else waits for that: it is planned when all the rest is right.
  const steps = reversible.length > 0 ? reversible : found;
  // What deviates in more places than a plan has steps is no slip of a hand: a person has to look.
  if (steps.length === 0 || steps.length > MOST_STEPS) return undefined;
  const verdict = combineVerdicts(differences);
  const waits =
    reversible.length === 0 || verdict === 'narrower' || (live.kind === 'policy' && holders > settings.mostHolders);
  const [first = ''] = describeDifferences(differences.filter((one) => !isAwsQuarantine(one)));
  return createPlan({
    version: 1,
    rule: REVERT_RULE,
    resource,
    group: `iam/${account}`,
    findingId: `countersign/iam/${resource}`.slice(0, 512),
    reason: { code: verdict, message: first.slice(0, 1024) },
    policyHash,
    before: { episode: String(episode), baseline: digestBaseline(signed) },
    steps: [...steps],
    mode: waits && settings.mode === 'enforce' ? 'approve' : settings.mode,
  });
}

/** The rule of plans that put IAM right. */
export const REVERT_RULE = 'iam/revert';

/** Names the signed state that a plan leads back to: under another one the plan is not carried out. */
export function digestBaseline(state: BaselineState): string {
  return digestOf(canonicalize(state));
}

/** Why a plan must not go on by what is signed now, or undefined. */
export function judgeBaseline({ before }: Pick<Plan, 'before'>, standing: BaselineStanding): Reason | undefined {
  if (standing.state !== 'signed') return { code: 'no-baseline', message: standing.reason.message.slice(0, 400) };
  if (digestBaseline(standing.baseline.state) === before.baseline) return undefined;
  return { code: 'other-baseline', message: 'Another baseline was signed since the plan was made.' };
}

function capture(live: LiveState, tagKeys: readonly string[]): BaselineState {
  if (live.kind === 'policy') return capturePolicy(live);
  return capturePrincipal(live, new Set(tagKeys.map((key) => key.toLowerCase())));
}

function protectionOf(live: LiveState, settings: DriftSettings): { readonly protection?: string } {
  const reason = findProtection(live, settings);
  return reason === undefined ? {} : { protection: reason.message };
}

/** What an undeclared principal has, by name. */
function listContent(found: BaselineState): readonly string[] {
  if (found.kind === 'policy') return ['a managed policy'];
  return [
    ...found.inline.map(({ name }) => `inline policy ${name}`),
    ...found.attached.map((arn) => `attached ${arn}`),
    ...(found.kind === 'user' ? found.groups.map((group) => `in group ${group}`) : []),
  ];
}
