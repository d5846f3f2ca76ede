import { DeleteRoleCommand } from '@aws-sdk/client-iam';
import { createSignedRole } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

export const roleDeleted: Scenario<ScenarioPrincipal> = {
  name: 'role-deleted',
  title: 'Signed role deleted',
  expectation:
    'Somebody deletes a role that a baseline declares: a finding waits for a person, since a role that is made anew would have another unique id.',
  expected: { state: 'deleted', finding: 'open' },
  run: async (world) => {
    const { RoleName, ...role } = await createSignedRole(world, 'backup');
    world.later(world.graceSeconds * 100, () => world.account.clients.iam.send(new DeleteRoleCommand({ RoleName })));
    return role;
  },
};
