import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { createSignedRole } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' }],
});

export const revertUndone: Scenario<ScenarioPrincipal> = {
  name: 'revert-undone',
  title: 'Revert undone by an operator',
  expectation:
    'An inline policy that nobody signed is deleted; then an operator takes that back with one click: the policy is there again to the letter, and the finding stays open until somebody signs it.',
  expected: { state: 'drifted', finding: 'open' },
  run: async (world) => {
    const { RoleName, ...role } = await createSignedRole(world, 'exporter');
    world.later(world.graceSeconds * 100, () =>
      world.account.clients.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'hotfix', PolicyDocument })),
    );
    world.later(world.graceSeconds * 1500, async () => world.operate('Undo', role));
    return role;
  },
};
