import type { Reason } from '../../errors.ts';
import { createPlan, MOST_STEPS, type Plan, type PlanMode } from '../../ledger/plan.ts';
import type { Deviation, Drift } from './drift.ts';
import { findDrift, type Judges } from './find-drift.ts';
import type { DriftObservation } from './lifecycle.ts';
import { findProtection, isAwsQuarantine, type Protected } from './out-of-reach.ts';
import { planRevert, type SpareVersion } from './plan-revert.ts';
import type { IamState } from './state.ts';

/** What is known to be signed of one principal or policy. Only `signed` and `missing` say what it should be. */
export type SignedState =
  | { readonly kind: 'signed'; readonly state: IamState }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreliable'; readonly reason: Reason };

export interface DriftQuestion {
  readonly account: string;
  readonly resource: string;
  readonly signed: SignedState;
  readonly live: IamState | undefined;
  readonly judges: Judges;
  /** Escalation paths that live state has and signed state has not, in words. */
  readonly addedPaths: (signed: IamState | undefined, live: IamState) => readonly string[];
  readonly settings: DriftSettings;
  readonly policyHash: string;
  readonly episode: number;
  /** Other versions of a managed policy, the oldest first. */
  readonly spares: readonly SpareVersion[];
  /** Principals that a managed policy is attached to; undefined where that could not be read. */
  readonly holders: number | undefined;
}

export interface DriftSettings extends Protected {
  readonly mode: PlanMode;
  /** A change of a policy that more principals hold waits for an operator. */
  readonly mostHolders: number;
}

export interface DriftDecision {
  readonly observation: Omit<DriftObservation, 'plans' | 'actor' | 'details'>;
  readonly plan?: Plan;
}

/**
 * What a look comes to, and what to do about it. No plan without a signed state, none for what is out of reach, none for what is gone or was never declared
 * (to delete or to make anew cannot be taken back). What only takes access away, and what many hold, waits for an operator even where the mode enforces.
 */
export function decideDrift(question: DriftQuestion): DriftDecision {
  const { signed, live } = question;
  if (signed.kind === 'unreliable') {
    const deviations = [`${signed.reason.code}: ${signed.reason.message}`];
    return { observation: { state: 'unreadable-baseline', deviations, paths: [] } };
  }
  const declared = signed.kind === 'signed' ? signed.state : undefined;
  const drift = findDrift(declared, live, question.judges);
  switch (drift.kind) {
    case 'none':
      return { observation: { state: live === undefined ? 'gone' : 'covered', deviations: [], paths: [] } };
    case 'deleted':
      return { observation: { state: 'deleted', deviations: ['it is not there'], paths: [] } };
    case 'undeclared':
      return {
        observation: {
          state: 'undeclared',
          deviations: listContent(drift.live),
          paths: question.addedPaths(undefined, drift.live),
          ...protectionOf(drift.live, question.settings),
        },
      };
    case 'changed':
      return decideChange(question, drift, declared);
  }
}

function decideChange(
  question: DriftQuestion,
  drift: Extract<Drift, { kind: 'changed' }>,
  declared: IamState | undefined,
): DriftDecision {
  const { deviations, verdict, live } = drift;
  const incident = deviations.some(isAwsQuarantine)
    ? ['AWS attached its quarantine policy: it takes a credential of this user for compromised']
    : [];
  const observation = {
    state: 'drifted',
    verdict,
    deviations: [...incident, ...deviations.map(describeDeviation)],
    paths: question.addedPaths(declared, live),
    ...protectionOf(live, question.settings),
  } as const;
  if ('protection' in observation) return { observation };
  const plan = draftPlan(question, drift);
  return plan === undefined ? { observation } : { observation, plan };
}

function draftPlan(
  question: DriftQuestion,
  { deviations, live, verdict }: Extract<Drift, { kind: 'changed' }>,
): Plan | undefined {
  const { account, resource, settings, policyHash, episode, spares } = question;
  const steps = planRevert(live, deviations, account, spares);
  // What deviates in more places than a plan has steps is no slip of a hand: a person has to look.
  if (steps.length === 0 || steps.length > MOST_STEPS) return undefined;
  const waits =
    verdict === 'narrower' || (live.kind === 'policy' && (question.holders ?? Infinity) > settings.mostHolders);
  return createPlan({
    version: 1,
    rule: 'iam/revert',
    resource,
    group: `iam/${account}`,
    findingId: `countersign/iam/${resource}`,
    reason: {
      code: verdict,
      message: (deviations[0] === undefined ? '' : describeDeviation(deviations[0])).slice(0, 1024),
    },
    policyHash,
    before: { episode: String(episode) },
    steps: [...steps],
    mode: waits && settings.mode === 'enforce' ? 'approve' : settings.mode,
  });
}

function protectionOf(live: IamState, settings: DriftSettings): { readonly protection?: string } {
  const reason = findProtection(live, settings);
  return reason === undefined ? {} : { protection: reason.message };
}

function describeDeviation({ slot, verdict, because, ...rest }: Deviation): string {
  const place =
    slot === 'inline-policy' && 'policy' in rest
      ? `inline policy ${rest.policy}`
      : slot === 'default-document'
        ? 'the document in force'
        : slot === 'trust'
          ? 'the trust policy'
          : '';
  const why = because.slice(0, 3).join(', ');
  return place === '' ? why : `${place} is ${verdict}: ${why}`;
}

/** What an undeclared principal has, by name. */
function listContent(live: IamState): readonly string[] {
  if (live.kind === 'policy') return ['a managed policy'];
  return [
    ...live.inline.map(({ name }) => `inline policy ${name}`),
    ...live.attached.map((arn) => `attached ${arn}`),
    ...(live.kind === 'user' ? live.groups.map((group) => `in group ${group}`) : []),
  ];
}
