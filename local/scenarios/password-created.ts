import { CreateLoginProfileCommand } from '@aws-sdk/client-iam';
import { createSignedUser } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

export const passwordCreated: Scenario<ScenarioPrincipal> = {
  name: 'password-created',
  title: 'Password that nobody signed',
  expectation:
    'Somebody gives a signed user a password for the console: it could only be deleted, which nobody can take back, so the plan waits for an operator who approves or denies it.',
  expected: { state: 'drifted', finding: 'open' },
  run: async (world) => {
    const { UserName, ...user } = await createSignedUser(world, 'robot');
    const Password = `not-a-secret-${UserName}`;
    world.later(world.graceSeconds * 100, () =>
      world.account.clients.iam.send(new CreateLoginProfileCommand({ UserName, Password })),
    );
    return user;
  },
};
