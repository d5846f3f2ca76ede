import {
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { isNamed, type SettingAdapter } from './setting-adapter.ts';

type Rotation = { readonly enabled: true; readonly periodDays: number } | { readonly enabled: false };

/** Where KMS does not say (KMS API Reference, EnableKeyRotation). */
const DEFAULT_PERIOD = 365;

export const kmsRotationAdapter: SettingAdapter<Rotation> = {
  async read({ kms }, { target }) {
    try {
      const { KeyRotationEnabled, RotationPeriodInDays = DEFAULT_PERIOD } = await kms.send(
        new GetKeyRotationStatusCommand({ KeyId: target }),
      );
      return {
        is: 'set',
        content: KeyRotationEnabled ? { enabled: true, periodDays: RotationPeriodInDays } : { enabled: false },
      };
    } catch (thrown) {
      if (isNamed(thrown, 'NotFoundException')) return { is: 'gone' };
      // Asymmetric, imported, in a custom store, or about to be deleted.
      if (isNamed(thrown, 'UnsupportedOperationException', 'KMSInvalidStateException')) {
        return { is: 'foreign', why: 'is of a key that KMS does not rotate' };
      }
      throw thrown;
    }
  },
  async write({ kms }, { target }, { to }) {
    await (to?.enabled
      ? kms.send(new EnableKeyRotationCommand({ KeyId: target, RotationPeriodInDays: to.periodDays }))
      : kms.send(new DisableKeyRotationCommand({ KeyId: target })));
  },
  async tags({ kms }, { id }) {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: id }));
    return Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
  },
};
