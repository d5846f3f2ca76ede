import { CreateUserCommand } from '@aws-sdk/client-iam';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

export const userUndeclared: Scenario<ScenarioPrincipal> = {
  name: 'user-undeclared',
  title: 'User without a baseline',
  expectation: 'Somebody creates a user that no baseline declares: a finding tells of it, and nothing is changed.',
  expected: { state: 'undeclared', finding: 'open' },
  run: async (world) => {
    const UserName = `contractor-${world.nextNumber()}`;
    await world.account.clients.iam.send(new CreateUserCommand({ UserName }));
    return { kind: 'principal', arn: `arn:aws:iam::${world.account.id}:user/${UserName}` };
  },
};
