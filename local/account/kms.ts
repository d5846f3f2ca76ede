import {
  CreateKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  type KeySpec,
  KMSServiceException,
  ListResourceTagsCommand,
  NotFoundException,
  type Tag,
  UnsupportedOperationException,
} from '@aws-sdk/client-kms';
import { answers, type LocalService, refusal } from './answer.ts';
import { type AccountContext, newId } from './context.ts';

interface StoredKey {
  readonly spec: KeySpec;
  readonly tags: readonly Tag[];
  /** Days between rotations; undefined where it is off. */
  period?: number | undefined;
}

/** Keys of AWS KMS as far as their rotation goes. Nothing is encrypted. */
export function createKms(context: AccountContext): LocalService {
  const keys = new Map<string, StoredKey>();
  const keyOf = (id = ''): StoredKey => {
    const found = keys.get(id.split('/').at(-1) ?? '');
    if (found === undefined) throw refusal(NotFoundException, `Key '${id}' does not exist`);
    return found;
  };
  /** Only symmetric keys whose material is of KMS rotate (KMS API Reference, EnableKeyRotation). */
  const rotating = (id?: string): StoredKey => {
    const key = keyOf(id);
    if (key.spec !== 'SYMMETRIC_DEFAULT') throw refusal(UnsupportedOperationException, '');
    return key;
  };
  return {
    name: 'kms',
    operations: new Map([
      answers(CreateKeyCommand, ({ KeySpec: spec = 'SYMMETRIC_DEFAULT', Tags = [] }) => {
        const KeyId = newId(context);
        keys.set(KeyId, { spec, tags: Tags });
        return { KeyMetadata: { KeyId, Arn: `arn:aws:kms:${context.region}:${context.id}:key/${KeyId}` } };
      }),
      answers(GetKeyRotationStatusCommand, ({ KeyId }) => {
        const { period } = rotating(KeyId);
        return {
          KeyRotationEnabled: period !== undefined,
          ...(period !== undefined && { RotationPeriodInDays: period }),
        };
      }),
      answers(EnableKeyRotationCommand, ({ KeyId, RotationPeriodInDays = 365 }) => {
        const key = rotating(KeyId);
        if (RotationPeriodInDays < 90 || RotationPeriodInDays > 2560) throw fault('ValidationException', 'the period');
        key.period = RotationPeriodInDays;
        return {};
      }),
      answers(DisableKeyRotationCommand, ({ KeyId }) => {
        rotating(KeyId).period = undefined;
        return {};
      }),
      answers(ListResourceTagsCommand, ({ KeyId }) => ({ Tags: [...keyOf(KeyId).tags], Truncated: false })),
    ]),
    throttled: () => fault('ThrottlingException', 'Rate exceeded'),
  };
}

function fault(name: string, message: string): KMSServiceException {
  return new KMSServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
}
