import { type ConfigResource, isRuleOfSecurityHub, type ResourceIdentity } from '../core/controls/config-result.ts';
import { chooseRequirements } from '../core/controls/name-requirements.ts';
import { findNeeds, generatorOf, managedNameOf } from '../core/controls/rules.ts';
import type { KnownResult } from '../core/controls/take-result.ts';
import type { RemedyFacts } from '../core/findings/describe-remedy.ts';
import type { ResultFacts } from '../core/findings/describe-result.ts';

/** What is told of one result. */
export function gatherFacts(
  { account, region, type, id }: ConfigResource,
  identity: ResourceIdentity,
  { rule, compliance, at, openSince = at }: KnownResult,
  remedy?: RemedyFacts,
): Omit<ResultFacts, 'known' | 'isSettled' | 'now'> {
  return {
    account,
    region,
    rule,
    findingsOf: isRuleOfSecurityHub(rule) ? 'securityhub' : 'config',
    generatorId: generatorOf(rule.name),
    resource: { type, id, ...identity },
    state: compliance === 'NON_COMPLIANT' ? 'failed' : compliance === 'COMPLIANT' ? 'passed' : 'gone',
    requirements: chooseRequirements(findNeeds(managedNameOf(rule.name))),
    ...(remedy?.is === 'plan' && { plan: remedy.plan }),
    at,
    openSince,
  };
}
