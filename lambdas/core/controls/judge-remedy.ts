import type { Reason } from '../errors.ts';
import { isSettingCall } from '../ledger/call.ts';
import type { Plan, PlanMode } from '../ledger/plan.ts';
import { matchesWildcard } from '../match-wildcard.ts';
import { PLAYBOOK_NAMES, type PlaybookName } from '../playbook-names.ts';
import { PLAYBOOKS } from './playbooks/index.ts';

/** What the configuration says of playbooks, as it is in force now. */
export interface RemedySettings {
  readonly playbooks?: Readonly<Partial<Record<PlaybookName, { readonly mode: PlanMode }>>> | undefined;
  readonly protected?: readonly string[] | undefined;
}

/** Whether anything forbids a plan of a playbook now. What is not known forbids. */
export function judgeRemedy(plan: Plan, settings: RemedySettings | undefined, policyHash: string): Reason | undefined {
  const name = PLAYBOOK_NAMES.find((one) => plan.rule === `controls/${one}`);
  const mode = name && settings?.playbooks?.[name]?.mode;
  if (name === undefined || mode === undefined) {
    return { code: 'no-playbook', message: 'The configuration has no such playbook.' };
  }
  if (mode === 'observe') return { code: 'observe-only', message: 'The configuration only observes.' };
  if (plan.policyHash !== policyHash) {
    return { code: 'other-policy', message: 'The plan was made under a configuration that is not in force any more.' };
  }
  if (settings?.protected?.some((pattern) => matchesWildcard(pattern, plan.resource))) {
    return { code: 'protected', message: 'The configuration protects this resource.' };
  }
  const { setting } = PLAYBOOKS[name];
  const isOwn = plan.steps.every(({ call }) => isSettingCall(call) && call.setting === setting);
  return isOwn ? undefined : { code: 'other-call', message: 'The plan makes calls that its playbook has not.' };
}
