import { describe, expect, test } from 'vitest';
import {
  type OperatorCommand,
  readOperatorCommand,
  writeOperatorCommand,
} from '../../../lambdas/core/ledger/operator-command.ts';
import { digestPlan } from '../../../lambdas/core/ledger/plan.ts';
import { examplePlan } from '../../support/plans.ts';

const plan = examplePlan();
const SENDER = 'AROAEXAMPLE:ana@example.com';
const approval = {
  version: 1,
  request: '6d0e-1',
  plan: plan.id,
  action: 'approve',
  planDigest: digestPlan(plan),
  irreversible: false,
} as const satisfies OperatorCommand;

describe('a command on the operator queue', () => {
  test('becomes the choice of who sent it', () => {
    const read = readOperatorCommand(writeOperatorCommand(approval), SENDER);

    expect(read.is === 'command' && read.choice.event(7)).toEqual({
      id: `command/6d0e-1/${plan.id}`,
      at: 7,
      by: { kind: 'operator', identity: SENDER, via: 'command line' },
      what: { kind: 'approve', planDigest: digestPlan(plan), irreversible: false },
    });
  });

  test.each<[string, object]>([
    ['another plan than an id', { ...approval, plan: 'plan-1' }],
    ['a digest that is none', { ...approval, planDigest: 'sha256:00' }],
    ['an approval without saying whether it can be taken back', { ...approval, irreversible: undefined }],
    ['an identity of its own', { ...approval, by: { kind: 'operator', identity: 'root' } }],
    ['another action', { ...approval, action: 'begin' }],
    ['a request that is a path', { ...approval, request: 'run/1' }],
  ])('with %s is rejected', (_, body) => {
    expect(readOperatorCommand(JSON.stringify(body), SENDER)).toMatchObject({
      is: 'rejected',
      reason: { code: 'malformed-command' },
    });
  });

  test.each(['', 'a b', 'x\n', 'ä', 'x'.repeat(257)])('from nobody (%j) is rejected', (sender) => {
    expect(readOperatorCommand(writeOperatorCommand(approval), sender)).toMatchObject({
      is: 'rejected',
      reason: { code: 'no-sender' },
    });
  });

  test.each(['', 'null', '[]', '{"version":"0"}', '{"version":2}'])('%j is something else', (body) => {
    expect(readOperatorCommand(body, SENDER)).toEqual({ is: 'other' });
  });
});
