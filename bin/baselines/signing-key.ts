import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { KMSClient, SignCommand, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { messageOf } from '../../lambdas/core/errors.ts';
import { parsePublicKeyPem, verifyWithKey } from '../../lambdas/core/signature/keys.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';
import { readBounded } from '../config/load-configuration.ts';
import { fetchKmsPublicKey } from '../sources/kms-public-key.ts';

/** Something that signs. Its own signatures are verified before they are used. */
export interface SigningKey {
  readonly hint: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The key that the options name: exactly one. Throws UsageError and UndecidedError. */
export async function chooseKey(
  { key, kms }: { readonly key?: string | undefined; readonly kms?: string | undefined },
  io: Io,
): Promise<SigningKey> {
  if (key !== undefined && kms === undefined) return readSigningKey(key);
  if (kms !== undefined && key === undefined) return await openKmsKey(kms, io);
  throw new UsageError('give one of --key and --kms');
}

/** A private key in PEM, without a passphrase. Throws UsageError. */
function readSigningKey(path: string): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(readBounded(path));
  } catch (cause) {
    throw new UsageError(`--key takes a private key in PEM without a passphrase: ${messageOf(cause)}`, { cause });
  }
  const publicKey = parsePublicKeyPem(String(createPublicKey(key).export({ type: 'spki', format: 'pem' })));
  return checked(publicKey, async (bytes) => sign(hashOf(publicKey), bytes, key));
}

/** A key of AWS KMS, by its ARN (KMS API Reference, Sign). */
async function openKmsKey(arn: string, io: Io): Promise<SigningKey> {
  const publicKey = parsePublicKeyPem(await fetchKmsPublicKey(arn, io.aws?.kms));
  const kms = io.aws?.kms ?? new KMSClient({ region: arn.split(':')[3] ?? '' });
  const [hash, algorithm] = algorithmOf(publicKey);
  return checked(publicKey, async (bytes) => {
    const Message = createHash(hash).update(bytes).digest();
    try {
      const answer = await kms.send(
        new SignCommand({ KeyId: arn, Message, MessageType: 'DIGEST', SigningAlgorithm: algorithm }),
      );
      return answer.Signature ?? new Uint8Array();
    } catch (cause) {
      throw new UndecidedError('kms', `${arn}: ${messageOf(cause)}`, { cause });
    }
  });
}

function checked(publicKey: KeyObject, make: SigningKey['sign']): SigningKey {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return {
    hint: createHash('sha256').update(der).digest('base64'),
    sign: async (bytes) => {
      const signature = await make(bytes);
      if (verifyWithKey(publicKey, bytes, signature)) return signature;
      throw new UndecidedError('bad-signature', 'what the key signed does not verify');
    },
  };
}

/** The hash of Sigstore's algorithm registry for a key; null for Ed25519. */
function hashOf(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null;
  return { secp384r1: 'sha384', secp521r1: 'sha512' }[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'sha256';
}

function algorithmOf(key: KeyObject): readonly [string, SigningAlgorithmSpec] {
  if (key.asymmetricKeyType === 'rsa') return ['sha256', 'RSASSA_PKCS1_V1_5_SHA_256'];
  switch (hashOf(key)) {
    case 'sha384':
      return ['sha384', 'ECDSA_SHA_384'];
    case 'sha512':
      return ['sha512', 'ECDSA_SHA_512'];
    default:
      return ['sha256', 'ECDSA_SHA_256'];
  }
}
