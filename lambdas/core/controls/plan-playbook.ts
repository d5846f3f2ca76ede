import type { Reason } from '../errors.ts';
import { invertSettingCall, type SettingCall, toSettingCall } from '../ledger/calls/setting.ts';
import { SETTINGS } from '../ledger/calls/settings/index.ts';
import { createPlan, MOST_STEPS, type Plan, type PlanId, type PlanMode } from '../ledger/plan.ts';
import { matchesWildcard } from '../match-wildcard.ts';
import type { PlaybookName } from '../playbook-names.ts';
import type { ConfigResource } from './config-result.ts';
import { findOwner, type Owner, type OwnerTag } from './find-owner.ts';
import type { HeldSetting } from './playbooks/define-playbook.ts';
import { PLAYBOOKS } from './playbooks/index.ts';

/** What the configuration says of playbooks. */
export interface PlaybookSettings {
  readonly mode: PlanMode;
  /** ARNs of resources that are never changed, with `*` and `?`. */
  readonly protected: readonly string[];
  /** Tags by which an owner tool marks what is its own. */
  readonly ownerTags: readonly OwnerTag[];
}

export interface Fault {
  readonly playbook: PlaybookName;
  /** The Config rule that found it. */
  readonly rule: string;
  readonly resource: ConfigResource;
  /** What stands in its settings now. */
  readonly held: readonly HeldSetting[];
  readonly tags: Readonly<Record<string, string>>;
  readonly settings: PlaybookSettings;
  readonly policyHash: string;
  readonly findingId: string;
  /** The plan of the same content that was carried out before, where the fault came back after it. */
  readonly follows?: PlanId | undefined;
}

/**
 * What to do about a fault. `right`: the state is not what the rule saw any more. `proposal`: an owner tool holds the resource, and would put back whatever is changed
 * beside it, so the change is for its template. `refused`: nothing may be changed.
 */
export type Remedy =
  | { readonly is: 'right' }
  | { readonly is: 'plan'; readonly plan: Plan; readonly effect: string }
  | { readonly is: 'proposal'; readonly owner: Owner; readonly inTemplate: string }
  | { readonly is: 'refused'; readonly reason: Reason };

/** Plans what a playbook asks for, from the state as it is now. Each step is one call that its inverse takes back. */
export function planPlaybook(fault: Fault): Remedy {
  const { settings, resource, tags } = fault;
  const { setting, inTemplate, effect, decide, nameOf } = PLAYBOOKS[fault.playbook];
  const calls: SettingCall[] = [];
  for (const one of fault.held) {
    const answer = decide(one, resource);
    if (answer.is === 'refuse') return { is: 'refused', reason: answer.reason };
    if (answer.is === 'right') continue;
    const place = { account: resource.account, region: resource.region, target: one.target };
    if (SETTINGS[setting].isSame(one.text, answer.to)) continue;
    calls.push(toSettingCall({ ...place, setting, from: one.text, to: answer.to }));
  }
  if (calls.length === 0) return { is: 'right' };
  if (settings.protected.some((pattern) => matchesWildcard(pattern, nameOf(resource)))) {
    return refuse('protected', 'The configuration protects this resource.');
  }
  const owner = findOwner(tags, settings.ownerTags);
  if (owner !== undefined) return { is: 'proposal', owner, inTemplate };
  if (calls.length > MOST_STEPS) {
    return refuse('too-many', `It would take ${calls.length} calls; a plan has at most ${MOST_STEPS}.`);
  }
  return { is: 'plan', plan: writePlan(fault, calls), effect };
}

function writePlan(fault: Fault, calls: readonly SettingCall[]): Plan {
  return createPlan({
    version: 1,
    rule: `controls/${fault.playbook}`,
    resource: PLAYBOOKS[fault.playbook].nameOf(fault.resource),
    group: fault.playbook,
    findingId: fault.findingId,
    reason: { code: 'not-compliant', message: `The Config rule ${fault.rule} found it not compliant.`.slice(0, 1024) },
    policyHash: fault.policyHash,
    before: Object.fromEntries(calls.map(({ target, from }, index) => [`setting ${index}`, brief(target, from)])),
    steps: calls.map((call) => ({ call, inverse: { call: invertSettingCall(call) } })),
    mode: fault.settings.mode,
    ...(fault.follows !== undefined && { follows: fault.follows }),
  });
}

/** The whole of it stands in the inverse of the step. */
function brief(target: string, text: string | null): string {
  return `${target} ${text ?? 'absent'}`.slice(0, 512);
}

function refuse(code: string, message: string): Remedy {
  return { is: 'refused', reason: { code, message } };
}
