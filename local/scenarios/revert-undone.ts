import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { createSignedRole } from './principals.ts';
import type { Scenario, ScenarioPrincipal, World } from './scenario.ts';

const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' }],
});

/** The operator looks at the finding now and then. */
function undoOnceTold(world: World, role: ScenarioPrincipal, tries: number): void {
  world.later(world.graceSeconds * 500, async () => {
    if (world.operate('Undo', role)) return;
    if (tries === 0) throw new Error(`no finding about ${role.arn} offers to undo anything`);
    undoOnceTold(world, role, tries - 1);
  });
}

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
    undoOnceTold(world, role, 20);
    return role;
  },
};
