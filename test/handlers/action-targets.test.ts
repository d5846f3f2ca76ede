import { DescribeActionTargetsCommand, DisableSecurityHubCommand } from '@aws-sdk/client-securityhub';
import { beforeEach, describe, expect, test } from 'vitest';
import { createHandler } from '../../lambdas/action-targets/handler.ts';
import { OPERATOR_ACTIONS } from '../../lambdas/core/events/custom-action.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import type { EmbeddedAccount } from '../../local/account/types.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { lambdaContext } from '../support/lambda-context.ts';

const ANSWERS = 'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/x?signature';
const request = (change: object = {}) => ({
  ...{ RequestType: 'Create', ResponseURL: ANSWERS, StackId: 's', RequestId: 'r', LogicalResourceId: 'Targets' },
  ...{ ResourceType: 'Custom::CountersignActionTargets', ResourceProperties: { actions: 'x' } },
  ...change,
});

let account: EmbeddedAccount;
let answers: { url: string; status: unknown; reason: unknown; physical: unknown }[];
beforeEach(() => {
  answers = [];
  const clock = virtualClock(Date.UTC(2026, 10, 23));
  account = createEmbeddedAccount({ id: '123456789012', region: 'eu-west-1', clock, random: seededRandom(1) });
});

async function ask(event: unknown) {
  const handler = createHandler({
    clients: account.clients,
    environment: {},
    readCompiledConfig: () => '{}',
    fetch: async (url, options) => {
      const { Status, Reason, PhysicalResourceId } = JSON.parse(String(options?.body));
      answers.push({ url: String(url), status: Status, reason: Reason, physical: PhysicalResourceId });
      return new Response();
    },
    clock: () => 0,
    random: () => 0,
  });
  await handler(event, lambdaContext('countersign-action-targets'));
}

async function listTargets() {
  const { ActionTargets = [] } = await account.clients.securityHub.send(new DescribeActionTargetsCommand({}));
  return ActionTargets.map(({ ActionTargetArn }) => ActionTargetArn?.split('/').at(-1)).toSorted();
}

describe('the custom actions of Security Hub', () => {
  test('come with the stack, as many as are understood, may be asked for again, and go with it', async () => {
    await ask(request());
    await ask(request({ RequestType: 'Update', PhysicalResourceId: 'countersign-action-targets' }));
    expect(await listTargets()).toEqual(Object.keys(OPERATOR_ACTIONS).toSorted());

    await ask(request({ RequestType: 'Delete', PhysicalResourceId: 'countersign-action-targets' }));
    await ask(request({ RequestType: 'Delete', PhysicalResourceId: 'countersign-action-targets' }));

    expect(await listTargets()).toEqual([]);
    expect(answers).toEqual(
      Array.from({ length: 4 }, () => ({ url: ANSWERS, status: 'SUCCESS', physical: 'countersign-action-targets' })),
    );
  });

  test('say why they cannot come, and do not hold up a stack that goes', async () => {
    await account.clients.securityHub.send(new DisableSecurityHubCommand({}));
    await ask(request());
    await ask(request({ RequestType: 'Delete' }));

    expect(answers).toMatchObject([
      { status: 'FAILED', reason: expect.stringContaining('not subscribed to AWS Security Hub') },
      { status: 'SUCCESS' },
    ]);
  });

  test.each<[string, object]>([
    ['another host', { ResponseURL: 'https://example.com/' }],
    ['a host that only ends like AWS', { ResponseURL: 'https://evilamazonaws.com/' }],
    ['a URL without TLS', { ResponseURL: ANSWERS.replace('https', 'http') }],
    ['a request that CloudFormation does not make', { RequestType: 'Read' }],
  ])('are not made for %s, and nothing is answered there', async (_, change) => {
    await expect(ask(request(change))).rejects.toMatchObject({ code: 'malformed-event' });
    expect(answers).toEqual([]);
    expect(await listTargets()).toEqual([]);
  });
});
