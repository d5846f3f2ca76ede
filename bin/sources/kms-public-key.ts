import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { messageOf } from '../../lambdas/core/errors.ts';
import { parseSpki } from '../../lambdas/core/signature/keys.ts';
import { UndecidedError } from '../commands/command.ts';

/**
 * The public half of a KMS key, SPKI in PEM (KMS API reference, GetPublicKey). `arn` names a key or an alias, in the region that it names itself.
 * Throws UndecidedError where KMS does not answer with a key for signatures that countersign can verify.
 */
export async function fetchKmsPublicKey(arn: string, client?: KMSClient): Promise<string> {
  const [, , , region = ''] = arn.split(':');
  const kms = client ?? new KMSClient({ region });
  try {
    const { PublicKey, KeyUsage } = await kms.send(new GetPublicKeyCommand({ KeyId: arn }));
    if (PublicKey === undefined || KeyUsage !== 'SIGN_VERIFY') {
      throw new UndecidedError('not-a-signing-key', `${arn} is no key for signatures`);
    }
    return String(parseSpki(PublicKey).export({ type: 'spki', format: 'pem' }));
  } catch (cause) {
    if (cause instanceof UndecidedError) throw cause;
    throw new UndecidedError('kms', `${arn}: ${messageOf(cause)}`, { cause });
  } finally {
    if (client === undefined) kms.destroy();
  }
}
