import { ConfigServiceClient, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { listRecorded, listResults, listRules, putEvaluations } from '../../lambdas/aws/config-rules.ts';
import type { Evaluation } from '../../lambdas/core/controls/evaluations/evaluation.ts';
import { parseConfigInvocation } from '../../lambdas/core/events/config-invocation.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { seededRandom } from '../local/account/prepare.ts';

const AT = Date.UTC(2026, 10, 23, 12);
const evaluations = (count: number, compliance: Evaluation['compliance'] = 'COMPLIANT'): Evaluation[] =>
  Array.from({ length: count }, (_, number) => ({
    ...{ type: 'AWS::ECR::Repository', id: `acme/app-${String(number).padStart(3, '0')}` },
    ...{ compliance, annotation: 'Images: 1 verified.' },
  }));

/** An account with a rule, and the token of its first evaluation. */
async function prepare() {
  const clock = virtualClock(AT);
  const account = createEmbeddedAccount({ id: '123456789012', region: 'eu-west-1', clock, random: seededRandom(1) });
  const { items, rules } = internalsOf(account).awsConfig;
  let invocation: unknown;
  rules.add({
    ...{
      name: 'r',
      arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-abcdef',
      id: 'config-rule-abcdef',
    },
    ...{ parameters: { question: 'image-signatures' }, every: 3_600_000 },
    invoke: (event) => {
      invocation = event;
    },
  });
  await clock.advance(1);
  const parsed = parseConfigInvocation(invocation);
  if (parsed.outcome === 'rejected') throw new Error(parsed.reason.message);
  return { account, client: account.clients.awsConfig, token: parsed.invocation.resultToken, items };
}

describe('results for AWS Config', () => {
  it('are handed over and read again in as many calls as it takes', async () => {
    const { client, token } = await prepare();

    await putEvaluations(client, token, AT, evaluations(250));

    const held = await listResults(client, 'r', ['COMPLIANT', 'NON_COMPLIANT']);
    expect(held.map(({ id }) => id)).toEqual(evaluations(250).map(({ id }) => id));
  });

  it('that are not applicable are none that Config holds', async () => {
    const { client, token } = await prepare();
    await putEvaluations(client, token, AT, [...evaluations(1), ...evaluations(3, 'NOT_APPLICABLE').slice(1)]);

    expect(await listResults(client, 'r', ['COMPLIANT', 'NON_COMPLIANT'])).toEqual([
      { type: 'AWS::ECR::Repository', id: 'acme/app-000', compliance: 'COMPLIANT', at: AT + 1 },
    ]);
  });

  it('of before change nothing', async () => {
    const { client, token } = await prepare();
    await putEvaluations(client, token, AT, evaluations(1, 'NON_COMPLIANT'));
    await putEvaluations(client, token, AT - 1, evaluations(1));

    expect(await listResults(client, 'r', ['COMPLIANT', 'NON_COMPLIANT'])).toMatchObject([
      { compliance: 'NON_COMPLIANT' },
    ]);
  });

  it('that Config did not take are handed over again, alone, and three times', async () => {
    const client = new ConfigServiceClient({ region: 'eu-west-1' });
    const mock = mockClient(client);
    const refuse = (count: number) => (input: { Evaluations?: unknown[] }) => ({
      FailedEvaluations: (input.Evaluations ?? []).slice(0, count),
    });
    mock.on(PutEvaluationsCommand).callsFakeOnce(refuse(2)).callsFake(refuse(0));
    await putEvaluations(client, 'token', AT, evaluations(5));
    expect(mock.calls().map(({ args: [{ input }] }) => JSON.stringify(input).match(/acme/g)?.length)).toEqual([5, 2]);

    mock.reset();
    mock.on(PutEvaluationsCommand).callsFake(refuse(1));
    await expect(putEvaluations(client, 'token', AT, evaluations(5))).rejects.toMatchObject({ code: 'unput' });
    expect(mock.calls().length).toBe(3);
  });

  it('are refused by Config without its token', async () => {
    const { client } = await prepare();

    await expect(putEvaluations(client, 'another', AT, evaluations(1))).rejects.toThrow(/token/);
  });
});

describe('rules of AWS Config', () => {
  it('are listed with their ARNs', async () => {
    const { client } = await prepare();

    expect(await listRules(client)).toEqual([
      { name: 'r', arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-abcdef' },
    ]);
  });

  it('that are deleted have no results', async () => {
    const { client } = await prepare();

    expect(await listResults(client, 'gone', ['NON_COMPLIANT'])).toEqual([]);
  });
});

describe('recorded resources', () => {
  it('are listed with their ARNs, however many there are', async () => {
    const { client, items } = await prepare();
    for (let number = 0; number < 230; number += 1) {
      const resourceId = `bucket-${number}`;
      items.record({ resourceType: 'AWS::S3::Bucket', resourceId, arn: `arn:aws:s3:::${resourceId}` });
    }
    items.record({ resourceType: 'AWS::S3::Bucket', resourceId: 'without-arn' });

    const found = await listRecorded(client, 'AWS::S3::Bucket');

    expect(found.length).toBe(230);
    expect(found[0]).toMatchObject({ type: 'AWS::S3::Bucket', arn: `arn:aws:s3:::${found[0]?.id}` });
  });
});
