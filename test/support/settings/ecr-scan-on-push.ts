import { CreateRepositoryCommand, DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import type { SettingCase } from './setting-case.ts';

export const ecrScanOnPushCase: SettingCase = {
  async make({ ecr }) {
    for (const repositoryName of ['team/scanned', 'team/unscanned'])
      await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    return 'team/scanned';
  },
  readAll: async ({ ecr }) => (await ecr.send(new DescribeRepositoriesCommand({}))).repositories,
  contents: ['{"onPush":false}', '{"onPush":true}'],
  missing: 'team/none',
};
