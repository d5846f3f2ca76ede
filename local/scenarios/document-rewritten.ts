import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { createSignedRole } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

const SIGNED = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Compute',
      Effect: 'Allow',
      Principal: { Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
    { Sid: 'Tags', Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:TagSession' },
  ],
};
/** The same access in other words. */
const DEPLOYED = {
  Statement: [
    { Effect: 'Allow', Action: ['sts:tagsession'], Principal: { Service: ['ecs-tasks.amazonaws.com'] } },
    {
      Action: ['STS:AssumeRole'],
      Principal: { Service: ['ecs-tasks.amazonaws.com', 'ec2.amazonaws.com'] },
      Effect: 'Allow',
    },
  ],
  Version: '2012-10-17',
};

export const documentRewritten: Scenario<ScenarioPrincipal> = {
  name: 'document-rewritten',
  title: 'Signed access in other words',
  expectation:
    'A deployment writes the trust policy of a signed role anew, in another order and with lists for single values: the access is the one that was signed, so nothing happens.',
  expected: { state: 'none', finding: 'none' },
  run: async (world) => {
    const { RoleName, ...role } = await createSignedRole(world, 'worker', SIGNED);
    const PolicyDocument = JSON.stringify(DEPLOYED);
    world.later(world.graceSeconds * 100, () =>
      world.account.clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
    );
    return role;
  },
};
