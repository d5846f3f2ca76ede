import { type ConfigResource, isRuleOfSecurityHub, type ResourceIdentity } from '../core/controls/config-result.ts';
import { nameRule } from '../core/controls/managed-rule.ts';
import { chooseRequirements } from '../core/controls/name-requirements.ts';
import { findNeeds, generatorOf } from '../core/controls/rules.ts';
import type { KnownResult } from '../core/controls/take-result.ts';
import type { RemedyFacts } from '../core/findings/describe-remedy.ts';
import type { ResultFacts } from '../core/findings/describe-result.ts';

/** What is told of one result. */
export function gatherFacts(
  { account, region, type, id }: ConfigResource,
  identity: ResourceIdentity,
  { rule, identifier, compliance, at, openSince = at }: KnownResult,
  remedy?: RemedyFacts,
): Omit<ResultFacts, 'known' | 'isSettled' | 'now'> {
  const name = nameRule(rule, identifier);
  return {
    account,
    region,
    rule,
    findingsOf: isRuleOfSecurityHub(rule) ? 'securityhub' : 'config',
    generatorId: generatorOf(name),
    resource: { type, id, ...identity },
    state: compliance === 'NON_COMPLIANT' ? 'failed' : compliance === 'COMPLIANT' ? 'passed' : 'gone',
    requirements: chooseRequirements(findNeeds(name)),
    ...(remedy?.is === 'plan' && { plan: remedy.plan }),
    at,
    openSince,
  };
}
