import { GetRevocationStatusCommand, SignerClient } from '@aws-sdk/client-signer';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { signerRevocation } from '../../lambdas/aws/signer-revocation.ts';

const signer = mockClient(SignerClient);
beforeEach(() => signer.reset());

const request = {
  partition: 'aws',
  region: 'us-west-2',
  signatureTimestamp: new Date(Date.UTC(2026, 10, 23)),
  platformId: 'Notation-OCI-SHA384-ECDSA',
  profileVersionArn: 'arn:aws:signer:us-west-2:123456789012:/signing-profiles/release/abcdefghij',
  jobArn: 'arn:aws:signer:us-west-2:123456789012:/signing-jobs/1',
  certificateHashes: ['ab'],
} as const;

test('asks in the region of the signature, once for as long as the answer holds', async () => {
  signer.on(GetRevocationStatusCommand).resolves({ revokedEntities: [] });
  const regions: string[] = [];
  let now = 0;
  const ask = signerRevocation(
    (region) => {
      regions.push(region);
      return new SignerClient({ region });
    },
    'aws',
    () => now,
  );

  expect([await ask(request), await ask(request)]).toEqual(Array(2).fill({ kind: 'answered', revokedEntities: [] }));
  expect([regions, signer.calls().length]).toEqual([['us-west-2'], 1]);
  const { partition: _partition, region: _region, ...asked } = request;
  expect(signer.commandCalls(GetRevocationStatusCommand)[0]?.args[0].input).toEqual(asked);

  now = 3_600_001;
  await ask(request);
  expect(signer.calls().length).toBe(2);
});

test('does not ask the Signer of another partition', async () => {
  const answer = await signerRevocation(
    (region) => new SignerClient({ region }),
    'aws-us-gov',
    () => 0,
  )(request);

  expect(answer).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('partition aws') });
  expect(signer.calls()).toEqual([]);
});

test.each([
  ['AccessDeniedException', /no right to signer:GetRevocationStatus on arn:aws:signer/],
  ['CredentialsProviderError', /^there are no AWS credentials/],
  ['ExpiredTokenException', /credentials have expired/],
  ['ThrottlingException', /slow/],
])('says why there is no answer: %s', async (name, reason) => {
  signer.on(GetRevocationStatusCommand).rejects(Object.assign(new Error('slow down'), { name }));
  const ask = signerRevocation(
    (region) => new SignerClient({ region }),
    'aws',
    () => 0,
  );

  expect(await ask(request)).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(reason) });
  // What was not answered is asked again.
  await ask(request);
  expect(signer.calls().length).toBeGreaterThan(1);
});
