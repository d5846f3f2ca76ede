import { AttachRolePolicyCommand } from '@aws-sdk/client-iam';
import { createSignedRole } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

export const adminAttached: Scenario<ScenarioPrincipal> = {
  name: 'admin-attached',
  title: 'Administrator rights attached',
  expectation:
    'Somebody attaches AdministratorAccess to a signed role: the finding says which way to more rights that adds, the policy is detached, a fresh read confirms it and the finding is archived.',
  expected: { state: 'covered', finding: 'archived' },
  run: async (world) => {
    const { RoleName, ...role } = await createSignedRole(world, 'deployer');
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    world.later(world.graceSeconds * 100, () =>
      world.account.clients.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
    );
    return role;
  },
};
