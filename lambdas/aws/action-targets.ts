import {
  CreateActionTargetCommand,
  DeleteActionTargetCommand,
  InvalidAccessException,
  ResourceConflictException,
  ResourceNotFoundException,
  type SecurityHubClient,
  UpdateActionTargetCommand,
} from '@aws-sdk/client-securityhub';
import type { ActionTarget } from '../core/events/action-targets.ts';

/** Makes a custom action of Security Hub as it is described, whether it is there already or not. `hub` is the start of its ARN: `arn:aws:securityhub:eu-west-1:123456789012`. */
export async function putActionTarget(
  client: SecurityHubClient,
  hub: string,
  id: string,
  { name, description }: ActionTarget,
): Promise<void> {
  try {
    await client.send(new CreateActionTargetCommand({ Id: id, Name: name, Description: description }));
  } catch (thrown) {
    if (!(thrown instanceof ResourceConflictException)) throw thrown;
    const ActionTargetArn = `${hub}:action/custom/${id}`;
    await client.send(new UpdateActionTargetCommand({ ActionTargetArn, Name: name, Description: description }));
  }
}

/** Takes a custom action away. One that is not there, or whose Security Hub was switched off, is away. */
export async function deleteActionTarget(client: SecurityHubClient, hub: string, id: string): Promise<void> {
  try {
    await client.send(new DeleteActionTargetCommand({ ActionTargetArn: `${hub}:action/custom/${id}` }));
  } catch (thrown) {
    if (!(thrown instanceof ResourceNotFoundException || thrown instanceof InvalidAccessException)) throw thrown;
  }
}
