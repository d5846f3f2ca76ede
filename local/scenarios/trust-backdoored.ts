import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { createSignedRole, trustService } from './principals.ts';
import type { Scenario, ScenarioPrincipal } from './scenario.ts';

/** An account that is not ours. */
const STRANGER = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::666666666666:root' }, Action: 'sts:AssumeRole' };

export const trustBackdoored: Scenario<ScenarioPrincipal> = {
  name: 'trust-backdoored',
  title: 'Trust policy with a back door',
  expectation:
    'Somebody lets a foreign account assume a signed role: the trust policy is put back as it was signed, to the letter.',
  expected: { state: 'covered', finding: 'archived' },
  run: async (world) => {
    const signed = trustService('lambda.amazonaws.com');
    const { RoleName, ...role } = await createSignedRole(world, 'payments', signed);
    const PolicyDocument = JSON.stringify({ ...signed, Statement: [...signed.Statement, STRANGER] });
    world.later(world.graceSeconds * 100, () =>
      world.account.clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
    );
    return role;
  },
};
