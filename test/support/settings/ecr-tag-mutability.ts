import { CreateRepositoryCommand, DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import type { SettingCase } from './setting-case.ts';

export const ecrTagMutabilityCase: SettingCase = {
  async make({ ecr }) {
    for (const repositoryName of ['team/moving', 'team/standing'])
      await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    return 'team/moving';
  },
  readAll: async ({ ecr }) => (await ecr.send(new DescribeRepositoriesCommand({}))).repositories,
  contents: [
    '{"mutability":"MUTABLE"}',
    '{"mutability":"IMMUTABLE"}',
    '{"except":["dev-*","latest"],"mutability":"IMMUTABLE_WITH_EXCLUSION"}',
  ],
  missing: 'team/none',
};
