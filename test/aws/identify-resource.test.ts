import {
  BatchGetResourceConfigCommand,
  ConfigServiceClient,
  NoAvailableConfigurationRecorderException,
} from '@aws-sdk/client-config-service';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { identifyResource } from '../../lambdas/aws/identify-resource.ts';
import { ruleIdentifiers } from '../../lambdas/aws/rule-identifiers.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { addConfigRule, CONFIG_RULE } from '../support/config.ts';

const ROLE = { type: 'AWS::IAM::Role', id: 'AROAEXAMPLEEXAMPLE000', account: '123456789012', region: 'eu-west-1' };
const ITEM = {
  ...{ resourceType: 'AWS::IAM::Role' as const, resourceId: ROLE.id, resourceName: 'web' },
  ...{ arn: 'arn:aws:iam::123456789012:role/web', accountId: '123456789012', awsRegion: 'global' },
};

describe('identifyResource', () => {
  const ask = async (item: object, resource = ROLE) => {
    const client = new ConfigServiceClient({ region: 'eu-west-1' });
    const mock = mockClient(client);
    mock.on(BatchGetResourceConfigCommand).resolves({ baseConfigurationItems: [{ ...ITEM, ...item }] });
    return { identity: await identifyResource(client, resource), calls: mock.calls().length };
  };

  it('gives the ARN and the name behind a unique id, by one call', async () => {
    expect(await ask({})).toEqual({ identity: { arn: ITEM.arn, name: 'web' }, calls: 1 });
  });

  it.each([
    ['another account', { accountId: '999999999999' }],
    ['another region', { awsRegion: 'us-east-1' }],
    ['another type', { resourceType: 'AWS::IAM::User' }],
    ['another id', { resourceId: 'AROAANOTHER' }],
  ])('takes nothing of %s', async (_what, change) => {
    expect((await ask(change)).identity).toEqual({});
  });

  it('takes no name that is none', async () => {
    expect((await ask({ arn: '', resourceName: 'x'.repeat(2000) })).identity).toEqual({});
  });

  it('does not ask for what Config cannot know', async () => {
    expect(await ask({}, { ...ROLE, type: 'AWS::::Account' })).toEqual({ identity: {}, calls: 0 });
  });

  it('knows nothing where nobody but services records, and fails where Config does', async () => {
    const client = new ConfigServiceClient({ region: 'eu-west-1' });
    const mock = mockClient(client);
    const refusal = new NoAvailableConfigurationRecorderException({ message: 'none', $metadata: {} });
    mock.on(BatchGetResourceConfigCommand).rejectsOnce(refusal).rejects(new Error('down'));

    expect(await identifyResource(client, ROLE)).toEqual({});
    await expect(identifyResource(client, ROLE)).rejects.toThrow('down');
  });
});

describe('ruleIdentifiers', () => {
  const prepare = () => {
    const clock = virtualClock(Date.UTC(2026, 10, 23));
    const account = createEmbeddedAccount({ id: '123456789012', region: 'eu-west-1', clock, random: seededRandom(1) });
    const asked = () => account.timeline().filter(({ summary }) => summary.startsWith('config:')).length;
    return { account, asked, identifiers: ruleIdentifiers(account.clients.awsConfig) };
  };

  it('says which managed rule a rule is, and asks once', async () => {
    const { account, asked, identifiers } = prepare();
    addConfigRule(account);

    for (let times = 0; times < 3; times += 1) {
      expect(await identifiers.read(CONFIG_RULE)).toBe('S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED');
    }
    expect(asked()).toBe(1);
  });

  it('has none for rules that somebody wrote, that are gone, or whose name another one has', async () => {
    const { account, identifiers } = prepare();
    const written = { name: 'written', arn: `${CONFIG_RULE.arn}-written` };
    addConfigRule(account);
    addConfigRule(account, written, '');

    expect(await identifiers.read(written)).toBeUndefined();
    expect(await identifiers.read({ ...CONFIG_RULE, name: 'gone' })).toBeUndefined();
    expect(await identifiers.read({ ...CONFIG_RULE, arn: `${CONFIG_RULE.arn}-before` })).toBeUndefined();
  });
});
