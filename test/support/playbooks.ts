import type { ConfigResource } from '../../lambdas/core/controls/config-result.ts';
import type { HeldSetting } from '../../lambdas/core/controls/playbooks/define-playbook.ts';
import type { PlaybookName } from '../../lambdas/core/playbook-names.ts';
import { SETTING_CASES } from './settings/index.ts';

const place = { account: '123456789012', region: 'eu-west-1' };

/** One resource for each playbook: what is wrong about it, and contents that it leaves alone. */
export const PLAYBOOK_CASES: Readonly<
  Record<
    PlaybookName,
    { readonly resource: ConfigResource; readonly wrong: HeldSetting; readonly right: readonly HeldSetting[] }
  >
> = {
  's3-public-access': {
    resource: { ...place, type: 'AWS::S3::Bucket', id: 'acme-logs' },
    wrong: { target: 'acme-logs', text: null },
    right: [{ target: 'acme-logs', text: SETTING_CASES['bucket-public-access'].contents[1] ?? '' }],
  },
};
