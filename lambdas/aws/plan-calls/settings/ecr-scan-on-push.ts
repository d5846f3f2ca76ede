import { PutImageScanningConfigurationCommand } from '@aws-sdk/client-ecr';
import { readRepository, readRepositoryTags } from './ecr-repository.ts';
import type { SettingAdapter } from './setting-adapter.ts';

export const ecrScanOnPushAdapter: SettingAdapter<{ readonly onPush: boolean }> = {
  async read({ ecr }, place) {
    const repository = await readRepository(ecr, place);
    if (repository === undefined) return { is: 'gone' };
    return { is: 'set', content: { onPush: repository.imageScanningConfiguration?.scanOnPush === true } };
  },
  async write({ ecr }, { account, target }, { to }) {
    await ecr.send(
      new PutImageScanningConfigurationCommand({
        ...{ registryId: account, repositoryName: target },
        imageScanningConfiguration: { scanOnPush: to?.onPush === true },
      }),
    );
  },
  tags: ({ ecr }, subject) => readRepositoryTags(ecr, subject),
};
