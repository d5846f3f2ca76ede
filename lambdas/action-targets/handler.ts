import type { Context } from 'aws-lambda';
import { deleteActionTarget, putActionTarget } from '../aws/action-targets.ts';
import { frameFunction } from '../aws/function-frame.ts';
import type { Wiring } from '../aws/wiring.ts';
import { partitionOf } from '../core/aws-names.ts';
import { CountersignError, messageOf } from '../core/errors.ts';
import { ACTION_TARGETS } from '../core/events/action-targets.ts';
import { answerCustomResource, parseCustomResource } from '../core/events/custom-resource.ts';

const PHYSICAL_ID = 'countersign-action-targets';
/** For the answer to CloudFormation, milliseconds. */
const LONGEST = 10_000;

/**
 * Makes the custom actions of Security Hub when the stack comes or changes, and takes them away when it goes: CloudFormation has them in a few regions only. A request of
 * CloudFormation is read (parse), each action is made or taken away (act), and CloudFormation is told (record), of a failure too: it would wait for an hour.
 */
export function createHandler(wiring: Wiring<'securityHub'>): (event: unknown, context: Context) => Promise<void> {
  const { clients, environment } = wiring;

  return frameFunction(environment, async (event: unknown, telemetry, { invokedFunctionArn }) => {
    const request = parseCustomResource(event);
    if (request === undefined) throw new CountersignError('malformed-event', 'not a request of CloudFormation');
    const [, , , region = '', account = ''] = invokedFunctionArn.split(':');
    const hub = `arn:${partitionOf(region)}:securityhub:${region}:${account}`;
    const reason = await bringAbout(request.RequestType, hub).catch((thrown: unknown) => {
      telemetry.error('action targets failed', { request: request.RequestId }, thrown);
      return `${thrown instanceof Error ? thrown.name : 'error'}: ${messageOf(thrown).slice(0, 500)}`;
    });
    await answer(request.ResponseURL, answerCustomResource(request, PHYSICAL_ID, reason));
    telemetry.info('action targets', { request: request.RequestId, type: request.RequestType });
  });

  async function bringAbout(type: 'Create' | 'Update' | 'Delete', hub: string): Promise<undefined> {
    for (const [id, target] of Object.entries(ACTION_TARGETS)) {
      if (type === 'Delete') await deleteActionTarget(clients.securityHub, hub, id);
      else await putActionTarget(clients.securityHub, hub, id, target);
    }
  }

  /** The URL is signed for an empty content type (CloudFormation User Guide, "Custom resource response objects"). */
  async function answer(url: string, body: string): Promise<void> {
    const signal = AbortSignal.timeout(LONGEST);
    const response = await wiring.fetch(url, { method: 'PUT', body, headers: { 'content-type': '' }, signal });
    if (!response.ok) throw new CountersignError('unanswered', `CloudFormation took no answer: ${response.status}`);
  }
}
