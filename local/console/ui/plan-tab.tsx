import { useState } from 'preact/hooks';
import type { ActionView, FindingView, PlanView } from '../api.ts';
import { Icon, type IconName } from './icon.tsx';
import { Notice } from './notice.tsx';

/** Presses a custom action of Security Hub on a finding. */
export type ActOnFinding = (action: ActionView, finding: string) => Promise<unknown>;

export interface PlanTabProps {
  /** Oldest first. */
  readonly plans: readonly PlanView[];
  readonly findings: readonly FindingView[];
  readonly onAct: ActOnFinding;
}

/** The plans of a subject, newest first: each step with what takes it back. Of the newest in each finding an operator decides. */
export function PlanTab({ plans, findings, onAct }: PlanTabProps) {
  if (plans.length === 0) return <Notice title="No plan">Nothing is to be changed here.</Notice>;
  const isOpenToOperator = (plan: PlanView) =>
    findings.some(({ id }) => id === plan.findingId) &&
    plans.findLast(({ findingId }) => findingId === plan.findingId) === plan;
  return (
    <ol class="plans">
      {plans.toReversed().map((plan) => (
        <li key={plan.id}>
          <Plan plan={plan} onAct={isOpenToOperator(plan) ? (action) => onAct(action, plan.findingId) : undefined} />
        </li>
      ))}
    </ol>
  );
}

type ActOnPlan = (action: ActionView) => Promise<unknown>;

function Plan({ plan, onAct }: { readonly plan: PlanView; readonly onAct: ActOnPlan | undefined }) {
  return (
    <section class="plan" aria-label={`Plan ${plan.id.slice(0, 13)}`}>
      <p class="badges">
        <span class={`badge ${plan.state === 'verified' ? 'badge-verified' : 'badge-active'}`}>{plan.state}</span>
        <span class="badge">{plan.mode}</span>
        <code>{plan.id.slice(0, 13)}</code>
      </p>
      <p class="prose">{plan.reason}</p>
      <ol class="plan-steps">
        {plan.steps.map((step, position) => (
          <li key={`${step.does}${position}`}>
            <span class={`mark tone-${step.at === 'done' || step.at === 'kept' ? 'verified' : 'none'}`}>
              <Icon name={STEP_ICONS[step.at]} />
              {step.at}
            </span>
            <span>
              {step.does}
              <span class="inverse">{step.inverse === null ? 'cannot be taken back' : `back: ${step.inverse}`}</span>
            </span>
          </li>
        ))}
      </ol>
      {onAct === undefined ? null : <Actions plan={plan} onAct={onAct} />}
    </section>
  );
}

const STEP_ICONS: Readonly<Record<PlanView['steps'][number]['at'], IconName>> = {
  pending: 'dash',
  started: 'clock',
  done: 'check',
  kept: 'check',
  'undo-started': 'clock',
  undone: 'dash',
};

function Actions({ plan, onAct }: { readonly plan: PlanView; readonly onAct: ActOnPlan }) {
  const [pressed, setPressed] = useState<ActionView>();
  const press = (action: ActionView) => {
    setPressed(action);
    void onAct(action).finally(() => setPressed(undefined));
  };
  return (
    <p class="actions">
      {listActions(plan).map((action) => (
        <button type="button" key={action} disabled={pressed !== undefined} onClick={() => press(action)}>
          Countersign {action.toLowerCase()}
        </button>
      ))}
    </p>
  );
}

/** What an operator can do about a plan where it stands. What cannot be taken back has an action of its own. */
function listActions({ state, mode, steps }: PlanView): readonly ActionView[] {
  const reversible = steps.every(({ inverse }) => inverse !== null);
  const approve = reversible ? 'Approve' : 'Delete';
  switch (state) {
    case 'proposed':
      return mode === 'observe' ? [] : [approve, 'Deny'];
    case 'failed':
      return [approve];
    case 'applied':
    case 'verified':
      return reversible ? ['Undo'] : [];
    default:
      return [];
  }
}
