import {
  DeleteRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PLANTED } from '../core/iam/heartbeat/canary.ts';
import { CANARY_ROLE } from '../core/iam/heartbeat/canary-role.ts';

/** Puts a policy that gives nothing on the canary, in place of those that are there. */
export async function plantChange(iam: IAMClient, PolicyName: string): Promise<void> {
  const canary = { RoleName: CANARY_ROLE };
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand(canary));
  for (const former of PolicyNames) {
    if (former !== PolicyName) await iam.send(new DeleteRolePolicyCommand({ ...canary, PolicyName: former }));
  }
  await iam.send(new PutRolePolicyCommand({ ...canary, PolicyName, PolicyDocument: PLANTED }));
}
