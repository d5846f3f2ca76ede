import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { lookAtSetting, performSetting } from '../../lambdas/aws/plan-calls/setting.ts';
import { invertSettingCall, toSettingCall } from '../../lambdas/core/ledger/calls/setting.ts';
import { SETTINGS } from '../../lambdas/core/ledger/calls/settings/index.ts';
import { pairsOf, SETTING_CASES, SETTING_NAMES } from '../support/settings/index.ts';
import { CASE_ACCOUNT, CASE_REGION } from '../support/settings/setting-case.ts';

/** Address of a running moto server, `http://127.0.0.1:5555`. */
const endpoint = process.env.COUNTERSIGN_MOTO_ENDPOINT;
/** Moto keeps no period of rotation (KMS API Reference, EnableKeyRotation), and forgets what a change of metadata options leaves out (EC2 API Reference, ModifyInstanceMetadataOptions). */
const WITHOUT: ReadonlySet<string> = new Set(['kms-rotation', 'instance-metadata-tokens']);

const options = {
  ...{ endpoint: endpoint ?? '', region: CASE_REGION, maxAttempts: 1 },
  credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
};
const clients = {
  s3: new S3Client({ ...options, forcePathStyle: true }),
  lambda: new LambdaClient(options),
  ec2: new EC2Client(options),
  kms: new KMSClient(options),
  cloudtrail: new CloudTrailClient(options),
  ecr: new ECRClient(options),
  iam: new IAMClient(options),
};

describe.skipIf(endpoint === undefined)(
  'moto keeps what the settings rely on (needs COUNTERSIGN_MOTO_ENDPOINT)',
  () => {
    it.each(SETTING_NAMES.filter((name) => !WITHOUT.has(name)))('%s is set and restored', async (setting) => {
      await fetch(new URL('/moto-api/reset', endpoint), { method: 'POST' });
      await clients.s3.send(new CreateBucketCommand({ Bucket: 'trails' }));
      await clients.iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: '{}' }));
      const { make, readAll, contents } = SETTING_CASES[setting];
      const place = { account: CASE_ACCOUNT, region: CASE_REGION, setting, target: await make(clients) };
      let now = contents[0] ?? null;
      const set = async (next: string | null) => {
        if (now === next) return;
        if (!SETTINGS[setting].canLead(now, next)) await set(null);
        expect(await performSetting(clients, toSettingCall({ ...place, from: now, to: next }))).toBeUndefined();
        now = next;
      };
      for (const { from, to } of pairsOf(setting)) {
        await set(from);
        const before = await readAll(clients, place.target);
        const call = toSettingCall({ ...place, from, to });
        const standings = [await lookAtSetting(clients, call)];
        expect(await performSetting(clients, call)).toBeUndefined();
        standings.push(await lookAtSetting(clients, call));
        expect(await performSetting(clients, invertSettingCall(call))).toBeUndefined();
        standings.push(await lookAtSetting(clients, call));

        expect(
          standings.map(({ is }) => is),
          JSON.stringify(standings),
        ).toEqual(['before', 'after', 'before']);
        expect(await readAll(clients, place.target)).toEqual(before);
      }
    });
  },
);
