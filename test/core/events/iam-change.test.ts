import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { parseIamEvent } from '../../../lambdas/core/events/iam-change.ts';
import { findWriteCall } from '../../../lambdas/core/iam/write-surface.ts';
import { cloudTrailEvent, type RecordFields } from '../../support/cloudtrail-events.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

const parse = (record: RecordFields, envelope?: Record<string, unknown>) =>
  parseIamEvent(JSON.stringify(cloudTrailEvent(record, envelope)));
const resourcesOf = (record: RecordFields) => {
  const parsed = parse(record);
  return 'change' in parsed ? parsed.change.resources : parsed;
};

describe('parseIamEvent', () => {
  it('reads where to look again and who is said to have called', () => {
    const parsed = parse({
      eventName: 'PutRolePolicy',
      requestParameters: { roleName: 'deployer', policyName: 'x', policyDocument: '{}' },
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/ci/github',
        accountId: '111122223333',
        accessKeyId: 'ASIAEXAMPLE',
        invokedBy: 'cloudformation.amazonaws.com',
        onBehalfOf: { userId: 'u-1', identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-1' },
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/ci' },
          sourceIdentity: 'ana',
          webIdFederationData: { federatedProvider: 'arn:aws:iam::111122223333:oidc-provider/token.example.com' },
          attributes: { mfaAuthenticated: 'false' },
        },
      },
    });

    expect(parsed).toEqual({
      outcome: 'change',
      change: {
        eventId: 'd769ddfd-2cda-4cfa-b33f-05d3b886921d',
        requestId: 'request-1',
        account: '111122223333',
        region: 'us-east-1',
        at: Date.UTC(2026, 10, 23, 12),
        call: findWriteCall('iam.amazonaws.com', 'PutRolePolicy'),
        resources: ['arn:aws:iam::111122223333:role/deployer'],
        actor: {
          kind: 'AssumedRole',
          arn: 'arn:aws:iam::111122223333:role/ci',
          session: 'arn:aws:sts::111122223333:assumed-role/ci/github',
          account: '111122223333',
          accessKeyId: 'ASIAEXAMPLE',
          sourceIdentity: 'ana',
          webIdentityProvider: 'arn:aws:iam::111122223333:oidc-provider/token.example.com',
          invokedBy: 'cloudformation.amazonaws.com',
          onBehalfOf: 'u-1',
          mfa: false,
        },
      },
    });
  });

  it('tells a failed call, which changed nothing, from a change', () => {
    const parsed = parse({ eventName: 'CreateUser', errorCode: 'AccessDenied', requestParameters: null });

    expect(parsed).toMatchObject({ outcome: 'probe', errorCode: 'AccessDenied' });
  });

  const ROOT = ['arn:aws:iam::111122223333:root'];
  it.each<[string, RecordFields, readonly string[]]>([
    [
      'a user by its name',
      { eventName: 'CreateAccessKey', requestParameters: { userName: 'ana' } },
      ['arn:aws:iam::111122223333:user/ana'],
    ],
    [
      'oneself where no name is given',
      { eventName: 'CreateAccessKey', requestParameters: null },
      ['arn:aws:iam::111122223333:user/caller'],
    ],
    [
      'the account where a role leaves the name out',
      { eventName: 'CreateAccessKey', requestParameters: null, userIdentity: { type: 'AssumedRole' } },
      ROOT,
    ],
    [
      'a policy by its ARN, path and all',
      { eventName: 'CreatePolicyVersion', requestParameters: { policyArn: 'arn:aws:iam::111122223333:policy/a/b' } },
      ['arn:aws:iam::111122223333:policy/a/b'],
    ],
    [
      'a created policy from the response',
      {
        eventName: 'CreatePolicy',
        requestParameters: { policyName: 'b', path: '/a/' },
        responseElements: { policy: { arn: 'arn:aws:iam::111122223333:policy/a/b' } },
      },
      ['arn:aws:iam::111122223333:policy/a/b'],
    ],
    [
      'a service-linked role without its path',
      {
        eventName: 'CreateServiceLinkedRole',
        requestParameters: { aWSServiceName: 'ecs.amazonaws.com' },
        responseElements: {
          role: { arn: 'arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS' },
        },
      },
      ['arn:aws:iam::111122223333:role/AWSServiceRoleForECS'],
    ],
    [
      'a SAML provider under the odd spelling of CloudTrail',
      {
        eventName: 'UpdateSAMLProvider',
        requestParameters: {
          sAMLProviderArn: 'arn:aws:iam::111122223333:saml-provider/corp',
          sAMLMetadataDocument: '<x/>',
        },
      },
      ['arn:aws:iam::111122223333:saml-provider/corp'],
    ],
    [
      'both names of a user that was renamed',
      { eventName: 'UpdateUser', requestParameters: { userName: 'ana', newUserName: 'bea' } },
      ['arn:aws:iam::111122223333:user/ana', 'arn:aws:iam::111122223333:user/bea'],
    ],
    [
      'user and group of a membership',
      { eventName: 'AddUserToGroup', requestParameters: { userName: 'ana', groupName: 'admins' } },
      ['arn:aws:iam::111122223333:user/ana', 'arn:aws:iam::111122223333:group/admins'],
    ],
    ['the account where parameters are null', { eventName: 'AttachRolePolicy', requestParameters: null }, ROOT],
    [
      'the account where the name is hidden',
      { eventName: 'AttachRolePolicy', requestParameters: { roleName: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
      ROOT,
    ],
    [
      'the account where a name would lead elsewhere',
      { eventName: 'AttachRolePolicy', requestParameters: { roleName: 'a/../admin' } },
      ROOT,
    ],
    [
      'the account where a name is no text',
      { eventName: 'AttachRolePolicy', requestParameters: { roleName: ['a'] } },
      ROOT,
    ],
    [
      'the account where an ARN is of another account',
      { eventName: 'CreatePolicyVersion', requestParameters: { policyArn: 'arn:aws:iam::444455556666:policy/b' } },
      ROOT,
    ],
    [
      'the account where an ARN is none',
      { eventName: 'CreatePolicyVersion', requestParameters: { policyArn: 'arn:aws:iam::111122223333:policy/b\n' } },
      ROOT,
    ],
    [
      'a name that looks like a replacement pattern as it is',
      { eventName: 'AttachRolePolicy', requestParameters: { roleName: 'a=,.@-+' } },
      ['arn:aws:iam::111122223333:role/a=,.@-+'],
    ],
    [
      'a permission set, which carries no account',
      {
        eventSource: 'sso.amazonaws.com',
        eventName: 'CreateAccountAssignment',
        requestParameters: { permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-1/ps-2' },
      },
      ['arn:aws:sso:::permissionSet/ssoins-1/ps-2'],
    ],
    [
      'a member of a group of the directory',
      {
        eventSource: 'identitystore.amazonaws.com',
        eventName: 'CreateGroupMembership',
        requestParameters: { groupId: 'g-1', memberId: { userId: 'u-1' }, identityStoreId: 'd-1' },
      },
      ['arn:aws:identitystore:::group/g-1', 'arn:aws:identitystore:::user/u-1'],
    ],
  ])('names %s', (_name, record, expected) => {
    expect(resourcesOf(record)).toEqual(expected);
  });

  it('names resources of other partitions', () => {
    const record = { awsRegion: 'us-gov-west-1', eventName: 'DeleteRole', requestParameters: { roleName: 'a' } };

    expect(resourcesOf(record)).toEqual(['arn:aws-us-gov:iam::111122223333:role/a']);
  });

  it.each<[string, string, RecordFields, Record<string, unknown>]>([
    ['a read', 'no-change', { eventName: 'GetRole' }, {}],
    ['a call to another service', 'no-change', { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole' }, {}],
    ['an event that anybody may put', 'rejected', {}, { source: 'acme.iam' }],
    ['another kind of event', 'rejected', {}, { 'detail-type': 'AWS Service Event via CloudTrail' }],
    ['a record of another account', 'rejected', { recipientAccountId: '444455556666' }, {}],
    ['a record without caller', 'rejected', { userIdentity: null }, {}],
    ['parameters that are a list', 'rejected', { requestParameters: [] }, {}],
    ['a detail that is none', 'rejected', {}, { detail: 'x' }],
    ['a name that is too long', 'rejected', { eventName: 'x'.repeat(3000) }, {}],
  ])('takes %s as %s', (_name, outcome, record, envelope) => {
    expect(parse(record, envelope)).toMatchObject({ outcome });
  });

  it.each([
    ['no JSON', '{'],
    ['an empty text', ''],
    ['a huge text', `"${'x'.repeat(1024 * 1024)}"`],
  ])('rejects %s', (_name, body) => {
    expect(parseIamEvent(body)).toMatchObject({ outcome: 'rejected' });
  });

  it('never throws, whatever the fields hold', () => {
    const names = fc.constantFrom('CreateRole', 'AddUserToGroup', 'TagRole', 'ChangePassword', 'UpdateSAMLProvider');
    fc.assert(
      fc.property(names, fc.object(), fc.object(), fc.jsonValue(), (eventName, request, response, userIdentity) => {
        const parsed = parse({ eventName, requestParameters: request, responseElements: response, userIdentity });

        expect(['change', 'rejected']).toContain(parsed.outcome);
      }),
      { numRuns: 200 },
    );
  });
});

const record = z.looseObject({
  eventSource: z.string(),
  eventName: z.string(),
  awsRegion: z.string(),
  recipientAccountId: z.string(),
});
const ACCESS = /^(?:iam|sso|sso-directory|identitystore|rolesanywhere|account-access)\.amazonaws\.com$/;

describeWithCorpus('records of stratus-red-team', ['events', 'stratus-red-team'], () => {
  const folder = corpusPath('events', 'stratus-red-team') ?? '';
  const records = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => z.array(record).parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  const parsed = records
    .filter(({ eventSource }) => ACCESS.test(eventSource))
    .map((detail) => ({
      name: detail.eventName,
      ...parseIamEvent(JSON.stringify(asEvent(detail))),
    }));

  test('every change names its resource, every failed call is a probe', () => {
    expect(
      parsed.map((one) => [one.name, one.outcome, 'change' in one ? one.change.resources.map(hideIds) : undefined]),
    ).toEqual([
      ['UpdateAssumeRolePolicy', 'change', ['arn:aws:iam::*:role/stratus-red-team-backdoor-r-role']],
      ['CreateAccessKey', 'change', ['arn:aws:iam::*:user/stratus-red-team-backdoor-u-user']],
      ['AttachUserPolicy', 'change', ['arn:aws:iam::*:user/malicious-iam-user']],
      ['CreateAccessKey', 'change', ['arn:aws:iam::*:user/malicious-iam-user']],
      ['CreateUser', 'change', ['arn:aws:iam::*:user/malicious-iam-user']],
      ['AttachRolePolicy', 'change', ['arn:aws:iam::*:role/stratus-red-team-malicious-iam-role']],
      ['CreateRole', 'change', ['arn:aws:iam::*:role/stratus-red-team-malicious-iam-role']],
      ['DeleteLoginProfile', 'probe', ['arn:aws:iam::*:user/stratus-red-team-login-profile-user']],
      ['CreateLoginProfile', 'change', ['arn:aws:iam::*:user/stratus-red-team-login-profile-user']],
      ['CreateTrustAnchor', 'change', [expect.stringContaining(':trust-anchor/')]],
      ['CreateProfile', 'change', [expect.stringContaining(':profile/')]],
      ['UpdateLoginProfile', 'change', ['arn:aws:iam::*:user/stratus-red-team-update-login-profile-user']],
    ]);
  });

  test('calls that change no access are told apart with a reason', () => {
    const others = records.filter(({ eventSource }) => !ACCESS.test(eventSource));

    const outcomes = others.map((detail) => parseIamEvent(JSON.stringify(asEvent(detail))));

    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['no-change']));
  });
});

describeWithCorpus('calls of traildiscover', ['events', 'traildiscover'], () => {
  const events = z
    .array(z.object({ eventSource: z.string(), eventName: z.string() }))
    .parse(JSON.parse(readFileSync(corpusPath('events', 'traildiscover', 'events.json') ?? '', 'utf8')));
  const calls = events.filter(({ eventSource }) => ACCESS.test(eventSource));

  test('those that write are changes, those that read are none', () => {
    const outcomes = calls.map(({ eventSource, eventName }) => ({
      eventName,
      outcome: parse({ eventSource, eventName, requestParameters: null }).outcome,
    }));

    const wrong = outcomes.filter(
      ({ eventName, outcome }) => outcome !== (/^(?:Get|List|Simulate)/.test(eventName) ? 'no-change' : 'change'),
    );
    expect(outcomes.length).toBeGreaterThan(60);
    expect(wrong).toEqual([]);
  });
});

/** The regions of this data are invented, and some could not be the name of one. */
function asEvent(detail: z.infer<typeof record>): Record<string, unknown> {
  return cloudTrailEvent({ ...detail, awsRegion: 'us-east-1' }, { account: detail.recipientAccountId });
}

function hideIds(arn: string): string {
  return arn.replace(/\d{12}/, '*');
}
