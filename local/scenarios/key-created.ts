import { CreateAccessKeyCommand } from '@aws-sdk/client-iam';
import { createSignedUser } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

export const keyCreated: Scenario<ScenarioPrincipal> = {
  name: 'key-created',
  title: 'Access key that nobody signed',
  expectation:
    'Somebody creates an access key for a user whose baseline has none: the key is switched off and not deleted, so that it can be switched on again.',
  expected: { state: 'covered', finding: 'archived' },
  run: async (world) => {
    const { UserName, ...user } = await createSignedUser(world, 'auditor');
    world.later(world.graceSeconds * 100, () =>
      world.account.clients.iam.send(new CreateAccessKeyCommand({ UserName })),
    );
    return user;
  },
};
