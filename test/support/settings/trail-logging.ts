import { CreateTrailCommand, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { CASE_ACCOUNT, CASE_REGION, type SettingCase } from './setting-case.ts';

export const trailLoggingCase: SettingCase = {
  async make({ cloudtrail }) {
    await cloudtrail.send(new CreateTrailCommand({ Name: 'other', S3BucketName: 'trails' }));
    return (await cloudtrail.send(new CreateTrailCommand({ Name: 'main', S3BucketName: 'trails' }))).TrailARN ?? '';
  },
  readAll: ({ cloudtrail }) =>
    Promise.all(
      ['main', 'other'].map(async (Name) => (await cloudtrail.send(new GetTrailStatusCommand({ Name }))).IsLogging),
    ),
  contents: ['{"logging":false}', '{"logging":true}'],
  missing: `arn:aws:cloudtrail:${CASE_REGION}:${CASE_ACCOUNT}:trail/none`,
};
