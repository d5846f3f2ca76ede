import { GetUserCommand } from '@aws-sdk/client-iam';
import { createSignedKey, createSignedUser } from './principals.ts';
import type { Scenario, ScenarioPrincipal, World } from './scenario.ts';

export const keyLeaked: Scenario<ScenarioPrincipal> = {
  name: 'key-leaked',
  title: 'GuardDuty sees a stolen key',
  expectation:
    'GuardDuty tells that a signed access key is used from a malicious address: the key is switched off and its user may do nothing for an hour, and the finding says how to take that back. What contains a user is no drift.',
  expected: { state: 'none', finding: 'open' },
  run: async (world) => {
    const { UserName, ...user } = await createSignedUser(world, 'ci');
    const accessKeyId = await createSignedKey(world, user.arn, UserName);
    const { User } = await world.account.clients.iam.send(new GetUserCommand({ UserName }));
    const key = { accessKeyId, principalId: User?.UserId ?? '', userType: 'IAMUser', userName: UserName };
    world.later(world.graceSeconds * 100, async () => tellOfThreat(world, key));
    return user;
  },
};

/** As GuardDuty tells of it (GuardDuty User Guide, "UnauthorizedAccess:IAMUser/MaliciousIPCaller"). */
function tellOfThreat({ account, nextNumber }: World, accessKeyDetails: { readonly userName: string }): void {
  const { id: accountId, region } = account;
  const time = new Date(account.clock.now()).toISOString();
  const id = String(nextNumber()).padStart(32, '0');
  const title = `An API was called with the credentials of ${accessKeyDetails.userName} from a malicious address.`;
  account.emit({
    version: '0',
    id: `guardduty-${id}`,
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: accountId,
    time,
    region,
    resources: [],
    detail: {
      ...{ schemaVersion: '2.0', accountId, region, partition: 'aws', id, createdAt: time, updatedAt: time },
      arn: `arn:aws:guardduty:${region}:${accountId}:detector/${'0'.repeat(32)}/finding/${id}`,
      type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller',
      ...{ severity: 8, title, description: title },
      resource: { resourceType: 'AccessKey', accessKeyDetails },
      service: { serviceName: 'guardduty', count: 1, archived: false, additionalInfo: {} },
    },
  });
}
