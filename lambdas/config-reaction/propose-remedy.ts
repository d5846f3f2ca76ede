import type { Telemetry } from '../aws/function-frame.ts';
import type { LedgerStore } from '../aws/ledger-store.ts';
import { readHeld } from '../aws/plan-calls/read-held.ts';
import type { SettingClients } from '../aws/plan-calls/settings/setting-adapter.ts';
import { sendPlan } from '../aws/queues.ts';
import { explainRefusal } from '../aws/refusal.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { CompiledConfig } from '../core/config/compiled.ts';
import type { ConfigResource } from '../core/controls/config-result.ts';
import { describeOwner } from '../core/controls/find-owner.ts';
import { nameRule } from '../core/controls/managed-rule.ts';
import { type Fault, planPlaybook, type Remedy } from '../core/controls/plan-playbook.ts';
import { findPlaybook, PLAYBOOKS } from '../core/controls/playbooks/index.ts';
import type { KnownResult } from '../core/controls/take-result.ts';
import { describePlan } from '../core/findings/describe-plan.ts';
import type { RemedyFacts } from '../core/findings/describe-remedy.ts';
import { nameResultFinding } from '../core/findings/describe-result.ts';
import type { Plan } from '../core/ledger/plan.ts';
import { isForExecutor, type LedgerRecord, openRecord } from '../core/ledger/record.ts';

export interface RemedyParts {
  readonly wiring: Wiring<'sqs' | keyof SettingClients>;
  readonly ledger: LedgerStore;
  readonly planQueueUrl: string;
  readonly config: CompiledConfig;
}

/** How often the same fault can come back after the same plan before a person has to look. */
const MOST_EPISODES = 10;

/**
 * Looks at the resource that a result is about, and opens the plan of the playbook that the rule calls for. Undefined where no playbook that is configured does. What
 * cannot be read is left alone, and said.
 */
export async function proposeRemedy(
  resource: ConfigResource,
  { rule, identifier, compliance }: KnownResult,
  parts: RemedyParts,
  telemetry: Telemetry,
): Promise<RemedyFacts | undefined> {
  const settings = parts.config.config;
  // What the rule is, and never what it is called: whoever may write a rule must not call for a change by its name.
  const playbook = findPlaybook(nameRule(rule, identifier), resource.type);
  const mode = playbook && settings?.playbooks?.[playbook]?.mode;
  if (compliance !== 'NON_COMPLIANT' || playbook === undefined || mode === undefined) return undefined;
  const held = await tryToRead(resource, playbook, parts);
  if (held.is === 'gone') return { is: 'refused', message: 'the resource is not there any more.' };
  if (held.is === 'foreign') return { is: 'refused', message: held.why };
  const fault: Fault = {
    ...{ playbook, rule: rule.name, resource, policyHash: parts.config.hash },
    ...{ held: held.held, tags: held.tags },
    settings: { mode, protected: settings?.protected ?? [], ownerTags: settings?.ownerTags ?? [] },
    findingId: nameResultFinding({ ...resource, rule, resource }),
  };
  const remedy = planPlaybook(fault);
  if (remedy.is !== 'plan') return withoutPlan(remedy);
  const record = await openFollowing(remedy.plan, fault, parts, telemetry);
  if (record === undefined)
    return { is: 'refused', message: `it was put right ${MOST_EPISODES} times, and came back.` };
  if (isForExecutor(record, parts.wiring.clock())) {
    await sendPlan(parts.wiring.clients.sqs, parts.planQueueUrl, record.plan.id);
  }
  return { is: 'plan', plan: describePlan('remedy', record), effect: remedy.effect };
}

function withoutPlan(remedy: Exclude<Remedy, { is: 'plan' }>): RemedyFacts {
  switch (remedy.is) {
    case 'right':
      return remedy;
    case 'refused':
      return { is: 'refused', message: remedy.reason.message };
    case 'proposal':
      return { is: 'proposal', owner: describeOwner(remedy.owner), inTemplate: remedy.inTemplate };
  }
}

async function tryToRead(resource: ConfigResource, playbook: Fault['playbook'], { wiring }: RemedyParts) {
  try {
    return await readHeld(wiring.clients, PLAYBOOKS[playbook], resource);
  } catch (thrown) {
    const refused = explainRefusal(thrown);
    if (refused === undefined) throw thrown;
    return { is: 'foreign', why: `AWS does not let it be read: ${refused.message}` } as const;
  }
}

/** The same plan may have been proposed before: then it stands as it is, unless it was carried out and the fault came back. */
async function openFollowing(
  first: Plan,
  fault: Fault,
  { ledger, wiring }: RemedyParts,
  telemetry: Telemetry,
): Promise<LedgerRecord | undefined> {
  let plan = first;
  for (let episode = 0; episode < MOST_EPISODES; episode += 1) {
    const opened = openRecord(plan, wiring.clock());
    if (await ledger.open(opened)) {
      telemetry.count('PlanProposed');
      telemetry.info('plan proposed', { plan: plan.id, rule: plan.rule, resource: plan.resource, mode: plan.mode });
      return opened;
    }
    const known = (await ledger.read(plan.id)) ?? opened;
    if (known.progress.state !== 'verified' && known.progress.state !== 'expired') return known;
    const next = planPlaybook({ ...fault, follows: plan.id });
    if (next.is !== 'plan') return known;
    plan = next.plan;
  }
  return undefined;
}
