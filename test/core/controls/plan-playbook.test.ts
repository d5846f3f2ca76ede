import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../lambdas/core/canonical-json.ts';
import { findOwner } from '../../../lambdas/core/controls/find-owner.ts';
import { judgeRemedy } from '../../../lambdas/core/controls/judge-remedy.ts';
import { type Fault, planPlaybook } from '../../../lambdas/core/controls/plan-playbook.ts';
import { findPlaybook, PLAYBOOKS } from '../../../lambdas/core/controls/playbooks/index.ts';
import { listRules } from '../../../lambdas/core/controls/rules.ts';
import { SETTINGS } from '../../../lambdas/core/ledger/calls/settings/index.ts';
import { isReversible } from '../../../lambdas/core/ledger/plan.ts';
import { PLAYBOOK_NAMES } from '../../../lambdas/core/playbook-names.ts';
import { PLAYBOOK_CASES, resourceOf } from '../../support/playbooks.ts';
import { SETTING_CASES } from '../../support/settings/index.ts';

const hash = `sha256:${'0'.repeat(64)}`;
const settings = { mode: 'enforce', protected: [], ownerTags: [] } as const;
const targetOf = (playbook: Fault['playbook']) => {
  const { only = '', missing = only } = SETTING_CASES[PLAYBOOKS[playbook].setting];
  return missing;
};
const heldOf = (playbook: Fault['playbook'], text: string | null) => ({ target: targetOf(playbook), text });
const faultOf = (playbook: Fault['playbook'], change: Partial<Fault> = {}): Fault => ({
  ...{ playbook, rule: 'a-rule', tags: {}, settings, policyHash: hash, findingId: 'countersign/config/x' },
  ...{ resource: resourceOf(playbook, targetOf(playbook)), held: [heldOf(playbook, PLAYBOOK_CASES[playbook].wrong)] },
  ...change,
});

describe.each(PLAYBOOK_NAMES)('the playbook %s', (name) => {
  const right = PLAYBOOK_CASES[name].right.map((text) => heldOf(name, text));
  const wrong = heldOf(name, PLAYBOOK_CASES[name].wrong);
  const resource = resourceOf(name, wrong.target);
  const { setting, rules, resourceType } = PLAYBOOKS[name];

  it('leads from what is wrong to what it calls right, and back', () => {
    const remedy = planPlaybook(faultOf(name));

    if (remedy.is !== 'plan') throw new Error(remedy.is);
    const { plan } = remedy;
    const [step] = plan.steps;
    expect(isReversible(plan)).toBe(true);
    expect(step?.call).toMatchObject({ setting, target: wrong.target, from: wrong.text });
    expect(step?.inverse).toMatchObject({ call: { setting, target: wrong.target, to: wrong.text } });
    const reached = step !== undefined && 'to' in step.call ? (step.call.to ?? null) : null;
    const next = reached === null && !SETTINGS[setting].canBeAbsent ? [] : [{ target: wrong.target, text: reached }];
    expect(planPlaybook(faultOf(name, { held: PLAYBOOKS[name].target === 'each' ? [] : next }))).toEqual({
      is: 'right',
    });
    expect(judgeRemedy(plan, { playbooks: { [name]: { mode: 'enforce' } } }, hash)).toBeUndefined();
  });

  it('leaves alone what is right, and what it does not know', () => {
    for (const held of right) expect(planPlaybook(faultOf(name, { held: [held] }))).toEqual({ is: 'right' });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), (text, target) => {
        for (const held of [
          { target: wrong.target, text },
          { ...wrong, target: `${target} ` },
        ]) {
          expect(planPlaybook(faultOf(name, { held: [held] })).is).not.toBe('plan');
        }
      }),
    );
  });

  it('is called for by rules that are known, for its own type of resource', () => {
    for (const rule of rules) {
      expect(findPlaybook(rule, resourceType)).toBe(name);
      expect(findPlaybook(rule, 'AWS::Other::Type')).toBeUndefined();
      expect([...listRules().keys()]).toContain(rule);
    }
    expect(rules.length).toBeGreaterThan(0);
    expect(resource.type).toBe(resourceType);
  });

  it('touches neither what is protected nor what a tool holds', () => {
    const own = PLAYBOOKS[name].nameOf(resource);
    const kept = planPlaybook(faultOf(name, { settings: { ...settings, protected: [own] } }));
    const tags = { 'aws:cloudformation:stack-name': 's', 'aws:cloudformation:logical-id': 'L' };

    expect(kept).toMatchObject({ is: 'refused', reason: { code: 'protected' } });
    expect(planPlaybook(faultOf(name, { tags }))).toMatchObject({
      is: 'proposal',
      owner: { stack: 's', logicalId: 'L' },
    });
  });
});

describe('the guard of plans of playbooks', () => {
  const remedy = planPlaybook(faultOf('s3-public-access'));
  if (remedy.is !== 'plan') throw new Error(remedy.is);
  const { plan } = remedy;
  const playbooks = { 's3-public-access': { mode: 'enforce' } } as const;

  it.each([
    ['no-playbook', plan, undefined, hash],
    ['no-playbook', plan, {}, hash],
    ['no-playbook', { ...plan, rule: 'controls/constructor' }, { playbooks }, hash],
    ['observe-only', plan, { playbooks: { 's3-public-access': { mode: 'observe' } } } as const, hash],
    ['other-policy', plan, { playbooks }, `sha256:${'1'.repeat(64)}`],
    ['protected', plan, { playbooks, protected: ['arn:aws:s3:::no-such-*'] }, hash],
  ])('says %s', (code, judged, with_, policyHash) => {
    expect(judgeRemedy(judged, with_, policyHash)).toMatchObject({ code });
  });

  it('refuses calls that the playbook has not', () => {
    const iam = {
      action: 'iam:UpdateAccessKey',
      slot: 'access-key',
      account: '123456789012',
      user: 'a',
      keyId: 'AKIA0123456789ABCDEF',
    } as const;
    const call = { ...iam, from: 'Active', to: 'Inactive' } as const;

    expect(
      judgeRemedy({ ...plan, steps: [{ call, inverse: { irreversible: 'x' } }] }, { playbooks }, hash),
    ).toMatchObject({ code: 'other-call' });
  });
});

describe('who holds a resource', () => {
  it('is told by the tags of CloudFormation, of which one is enough, and by those that are configured', () => {
    const marks = [{ key: 'tool', value: 'tf' }, { key: 'any' }];

    expect(findOwner({ 'aws:cloudformation:logical-id': 'A' }, [])).toMatchObject({
      tool: 'cloudformation',
      logicalId: 'A',
    });
    expect(findOwner({ tool: 'tf' }, marks)).toEqual({ tool: 'terraform', tag: 'tool=tf' });
    expect(findOwner({ any: '' }, marks)).toEqual({ tool: 'terraform', tag: 'any=' });
    expect(findOwner({ tool: 'hand' }, marks)).toBeUndefined();
  });
});

describe('the playbook for TLS on buckets', () => {
  const allow = { Sid: 'DenyWithoutTls', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' };
  const decide = (policy: unknown) => {
    const remedy = planPlaybook(
      faultOf('s3-tls-only', { held: [{ target: 'no-such-bucket', text: canonicalize(policy) }] }),
    );
    const [step] = remedy.is === 'plan' ? remedy.plan.steps : [];
    return step !== undefined && 'to' in step.call ? JSON.parse(step.call.to ?? 'null') : remedy;
  };

  it.each([
    ['one statement', { Version: '2012-10-17', Id: 'x', Statement: allow }],
    ['a list', { Version: '2012-10-17', Id: 'x', Statement: [allow] }],
  ])('keeps what the policy says, with %s, and takes no name twice', (_name, policy) => {
    expect(decide(policy)).toMatchObject({ Version: '2012-10-17', Id: 'x', Statement: [allow, { Effect: 'Deny' }] });
    expect(decide(policy).Statement[1]).not.toHaveProperty('Sid');
  });

  it('is not content with a statement that denies less', () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: '*', Condition: {} };

    expect(decide({ Version: '2012-10-17', Statement: [deny] }).Statement).toHaveLength(2);
  });

  it.each([
    ['an older version', { Version: '2008-10-17', Statement: [allow] }],
    ['one that is full', { Version: '2012-10-17', Statement: [{ ...allow, Resource: 'x'.repeat(20_200) }] }],
  ])('refuses %s', (_name, policy) => {
    expect(decide(policy)).toMatchObject({ is: 'refused' });
  });
});
