import { describe, expect, it } from 'vitest';
import { describePlans, listPlanFields, type PlanFacts } from '../../../lambdas/core/findings/plan-text.ts';

const plan: PlanFacts = {
  kind: 'containment',
  id: `plan-${'ab'.repeat(16)}`,
  state: 'proposed',
  mode: 'approve',
  planDigest: `sha256:${'1'.repeat(64)}`,
  head: `sha256:${'2'.repeat(64)}`,
  does: 'tag team/app@sha256:abababababab as quarantine-abababababab',
  reversible: true,
};

describe('a plan in the words of a finding', () => {
  it.each<[string, Partial<PlanFacts>]>([
    ['waits for you: the action "Countersign approve" would tag team/app', {}],
    ['is shown only, since the configuration observes: it would tag', { mode: 'observe' }],
    ['the action "Countersign delete" would tag', { reversible: false }],
    ['was denied by an operator; nothing was changed', { state: 'denied' }],
    ['expired without an answer', { state: 'expired' }],
    ['is under way', { state: 'applying' }],
    ['a fresh read confirms it', { state: 'verified' }],
    ['The action "Countersign undo" takes it back', { state: 'verified' }],
    [
      'failed: A task runs it. The action "Countersign approve" tries again',
      { state: 'failed', failure: 'A task runs it.' },
    ],
    [
      'could not be taken back: The kill switch is on.',
      { state: 'failed', failure: 'The kill switch is on.', undoneBy: 'rule' },
    ],
    ['The action "Countersign undo" tries again.', { state: 'failed', undoneBy: 'operator' }],
    ['is being taken back', { state: 'undoing', undoneBy: 'rule' }],
    ['was undone, since the image is verified', { state: 'undone', undoneBy: 'rule' }],
    ['was undone by an operator and is not proposed again', { state: 'undone', undoneBy: 'operator' }],
  ])('%s', (words, change) => {
    expect(describePlans([{ ...plan, ...change }])).toContain(words);
  });

  it('offers no undo of what cannot be undone', () => {
    expect(describePlans([{ ...plan, state: 'verified', reversible: false }])).not.toContain('undo"');
  });

  it('is the last one, as the earlier ones are behind it', () => {
    expect(describePlans([plan, { ...plan, kind: 'deletion', state: 'denied' }])).toContain('denied');
    expect(describePlans([])).toBe('');
  });

  it('stays within what a finding holds, and is in fields by its kind', () => {
    const long = { ...plan, does: 'x'.repeat(5000) };

    expect(describePlans([long]).length).toBeLessThanOrEqual(512);
    expect(listPlanFields([long])['countersign/PlanSteps']?.length).toBeLessThanOrEqual(2048);
    expect(listPlanFields([plan, { ...plan, kind: 'deletion', id: 'other' }])).toMatchObject({
      'countersign/Plan': plan.id,
      'countersign/PlanDigest': plan.planDigest,
      'countersign/DeletionPlan': 'other',
    });
  });
});
