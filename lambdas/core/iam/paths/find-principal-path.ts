import type { Work } from '../find-text.ts';
import { type Actor, anyOf, exactly, type Targets } from './actor.ts';
import type { Grant } from './find-grant.ts';
import { betterPath, type FoundPath, joinGrants, type NamedGrant } from './found-path.ts';
import { grantOn, grantOnAny } from './grants.ts';
import { MOST_CANDIDATES, narrowToGranted } from './narrow-candidates.ts';
import type { PathRule } from './path-rule.ts';
import type { Member, Population } from './population.ts';
import type { TrustLine } from './read-trust.ts';
import { triageConditions } from './triage-condition.ts';

type PrincipalRule = Extract<PathRule, { gain: 'principal' }>;
const ASSUME = 'sts:assumerole';
const POLICY_ACTION = 'iam:createpolicyversion';

/** The actor becomes another principal: one that leads to administrator rights, or, where the rule raises it first, any that nothing limits. */
export function findPrincipalPath(
  rule: PrincipalRule,
  actor: Actor,
  others: Population | undefined,
  work: Work,
): FoundPath | undefined {
  const askWidely = () => joinGrants(grantsOn(rule, actor, anyOf(rule.target, actor), anyOf('policy', actor), work));
  if (others === undefined) {
    const unknown = askWidely();
    return unknown && { id: rule.id, ...unknown, assuming: describeAssumption(rule), toAdministrator: false };
  }
  let best: FoundPath | undefined;
  for (const member of findCandidates(rule, actor, others).slice(0, MOST_CANDIDATES)) {
    if (best?.status === 'proven') break;
    best = betterPath(best, judge(rule, actor, member, work));
  }
  if (best !== undefined) return best;
  const unknown = askWidely();
  if (unknown === undefined) return undefined;
  const because = `no ${rule.target} that ${rule.raises === undefined ? 'leads to administrator rights' : 'could be raised'} is within its reach`;
  return { id: rule.id, ...unknown, status: 'blocked-by', because: unknown.because ?? because, toAdministrator: false };
}

function describeAssumption({ target, raises, trusted }: PrincipalRule): string {
  const who = raises === undefined ? `a ${target} with administrator rights` : `a ${target} without boundary`;
  return trusted === true ? `${who} that trusts the caller` : who;
}

function findCandidates(rule: PrincipalRule, actor: Actor, others: Population): readonly Member[] {
  const { arn } = actor.identity;
  const fits = (member: Member) => {
    if (member.kind !== rule.target || member.arn === arn) return false;
    if (rule.raises === undefined) return others.leads(member) && (rule.trusted === true || !member.kept);
    return others.isFree(member);
  };
  if (rule.trusted === true) {
    const named = arn === undefined ? [] : others.trusting(arn);
    return [...named, ...narrowToGranted(others.trusting(undefined), ASSUME, actor)].filter(fits);
  }
  const pool = rule.raises === undefined ? others.leading(rule.target) : others.free(rule.target);
  const [first] = rule.actions;
  const narrowed = first === undefined || first === POLICY_ACTION ? pool : narrowToGranted(pool, first, actor);
  return narrowed.filter(({ arn: one, kept }) => one !== arn && !kept);
}

function judge(rule: PrincipalRule, actor: Actor, member: Member, work: Work): FoundPath | undefined {
  const held = rule.raises === 'policy' ? exactly(member.actor.identity.policies ?? []) : anyOf('policy', actor);
  const grants = grantsOn(rule, actor, exactly([member.arn]), held, work, member);
  const joined = joinGrants(grants);
  return joined && { id: rule.id, ...joined, target: member.arn, toAdministrator: joined.status === 'proven' };
}

function grantsOn(
  rule: PrincipalRule,
  actor: Actor,
  target: Targets,
  held: Targets,
  work: Work,
  member?: Member,
): readonly NamedGrant[] {
  const ask = member === undefined ? grantOnAny : grantOn;
  const grants = rule.actions.map((action) => ({
    action,
    grant: ask(actor, action, action === POLICY_ACTION ? held : target, work),
  }));
  if (rule.trusted !== true) return grants;
  const grant = ask(actor, ASSUME, target, work);
  return [
    ...grants,
    { action: ASSUME, grant: member === undefined ? grant : throughTrust(actor, member, grant, work) },
  ];
}

/** A trust policy that names the principal needs no policy of its own beside it; one that names the account does (IAM User Guide, "Policy evaluation logic"). */
function throughTrust(actor: Actor, { trust }: Member, own: Grant, work: Work): Grant {
  const { arn } = actor.identity;
  const rate = (lines: readonly Omit<TrustLine, 'name'>[]) => {
    const triages = lines.map(({ conditions, unsure }) => {
      const triage = triageConditions(conditions, actor.caller.context, work);
      return unsure && triage === 'always' ? 'context' : triage;
    });
    return triages.includes('always') ? 'proven' : triages.includes('context') ? 'possible' : undefined;
  };
  const named = rate((trust?.principals ?? []).filter(({ name }) => name === arn));
  const account = rate(trust?.account ?? []);
  if (named !== undefined && own.status !== 'blocked') {
    return { status: named, by: 'by' in own ? own.by : [], example: undefined };
  }
  if (account === undefined || own.status === 'none' || own.status === 'blocked') {
    return own.status === 'blocked' ? own : { status: 'none' };
  }
  return account === 'possible' ? { ...own, status: 'possible' } : own;
}
