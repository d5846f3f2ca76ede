import { canonicalize } from '../../../lambdas/core/canonical-json.ts';
import { CountersignError } from '../../../lambdas/core/errors.ts';
import { parseBundle } from '../../../lambdas/core/signature/bundle.ts';
import { parseCertificate } from '../../../lambdas/core/signature/certificate.ts';
import { checkCodeSigningUsage, findIssuer } from '../../../lambdas/core/signature/certificate-chain.ts';
import { verifyCheckpoint } from '../../../lambdas/core/signature/checkpoint.ts';
import { readClaims, readIssuer, readSubjectNames } from '../../../lambdas/core/signature/claims.ts';
import { parsePublicKeyPem } from '../../../lambdas/core/signature/keys.ts';
import { expectEntryAbout } from '../../../lambdas/core/signature/log-entry/index.ts';
import { verifyCertificateTimestamp } from '../../../lambdas/core/signature/sct.ts';
import { describeExpected } from '../../../lambdas/core/signature/signed-content.ts';
import { verifyTimestamp } from '../../../lambdas/core/signature/timestamp.ts';
import { parseTrustRoot } from '../../../lambdas/core/signature/trust-root.ts';
import { mutateBytes } from '../mutate/bytes.ts';
import { mutateDer } from '../mutate/der.ts';
import { mutateJson } from '../mutate/json.ts';
import { partOfPem, partsOfFormat, partsOfToken, UNDEFINED_NAMES } from '../parts.ts';
import { bytesOf, numberOf, type Target, textOf } from '../target.ts';

/** The names of the bodies of log entries that bind something (Rekor's types hashedrekord, dsse and intoto, both versions of each). */
const ENTRY = new RegExp(
  `^(${[
    'kind',
    'apiVersion',
    'spec\\.data\\.hash\\.(algorithm|value)',
    'spec\\.signature\\.(content|publicKey\\.content)',
    'spec\\.hashedRekordV002\\.(data\\.(algorithm|digest)|signature\\.content)',
    'spec\\.hashedRekordV002\\.signature\\.verifier\\.(x509Certificate|publicKey)\\.rawBytes',
    'spec\\.payloadHash\\.(algorithm|value)',
    'spec\\.signatures\\[\\d+\\]\\.(signature|verifier)',
    'spec\\.dsseV002\\.payloadHash\\.(algorithm|digest)',
    'spec\\.dsseV002\\.signatures\\[\\d+\\]\\.(content|verifier\\.(x509Certificate|publicKey)\\.rawBytes)',
    'spec\\.publicKey',
    'spec\\.content\\.(hash|payloadHash)\\.(algorithm|value)',
    'spec\\.content\\.envelope\\.(payloadType|signatures\\[\\d+\\]\\.(sig|publicKey))',
  ].join('|')})$`,
);

/** What a member of a body spells: keys without the lines of PEM around them, and base64 by its bytes, since the log has accepted its spelling. */
function describeEntryPart(name: string, value: string): string {
  if (/kind|apiVersion|algorithm|value|payloadType/.test(name)) return value;
  const once = Buffer.from(value, 'base64');
  // intoto 0.0.2 has the signature in base64 twice over.
  const bytes = name.endsWith('.sig') ? Buffer.from(once.toString('latin1'), 'base64') : once;
  return bytes.includes('-----BEGIN') ? partOfPem(bytes.toString()) : bytes.toString('base64');
}

/** The body of a log entry of each kind, against the bundle that it came with. */
export const logEntry: Target = {
  share: 8,
  mutate: (good, donor, random) => mutateJson(good, donor, random),
  open: (context) => {
    const material = parseBundle(bytesOf(context, 'bundle'));
    const key = material.certificate?.key ?? parsePublicKeyPem(typeof context.key === 'string' ? context.key : '');
    const artifact = context.artifact === undefined ? undefined : { bytes: bytesOf(context, 'artifact') };
    const expected = describeExpected(material, key, artifact);
    return (input) => ({ kind: 'accepted', says: expectEntryAbout(input, expected) });
  },
  parts: (input) => partsOfFormat(input, ENTRY, describeEntryPart),
  harmless: [
    UNDEFINED_NAMES,
    {
      part: /^spec\.content\.hash\./,
      unless: /^spec\.publicKey$/,
      because:
        'intoto 0.0.2 holds the signature itself: the hash of the envelope depends on how that was written (0.0.1 has nothing else)',
    },
  ],
};

/** A checkpoint: the note above its signatures is what counts, and the line of the log below. */
export const checkpoint: Target = {
  share: 5,
  mutate: (good, donor, random) => mutateBytes(good, donor, random),
  open: (context) => {
    const log = parseTrustRoot(context.root).logs.get(textOf(context, 'logId'));
    if (log === undefined) throw new CountersignError('wrong-case', 'the case is of no log of its root');
    return (input) => {
      const { size, rootHash } = verifyCheckpoint(input.toString(), log);
      return { kind: 'accepted', says: `${size} ${rootHash.toString('base64')}` };
    };
  },
  parts: (input) => {
    const text = input.toString();
    const end = text.indexOf('\n\n');
    return new Map([
      ['note', text.slice(0, end + 1)],
      ['signatures', text.slice(end + 2)],
    ]);
  },
  harmless: [
    {
      part: /^signatures \(changed\)$/,
      because: 'lines of witnesses and strangers below the line of the log are passed over',
    },
  ],
  takesWhole: (context, other) => context.logId === other.logId,
};

export const timestamp: Target = {
  share: 8,
  mutate: (good, donor, random) => mutateDer(good, donor, random),
  open: (context) => {
    const root = parseTrustRoot(context.root);
    const signed = bytesOf(context, 'signed');
    return (input) => {
      const stamp = verifyTimestamp(input, signed, root);
      return stamp.trusted ? { kind: 'accepted', says: String(stamp.time) } : { kind: 'refused', code: 'passed-over' };
    };
  },
  parts: (input) => new Map([['token', partsOfToken(input, true)]]),
  harmless: [],
};

/** A signing certificate by itself, at a given time: every byte of it is signed, so none may change. */
export const certificate: Target = {
  share: 8,
  mutate: (good, donor, random) => mutateDer(good, donor, random),
  open: (context) => {
    const root = parseTrustRoot(context.root);
    const at = numberOf(context, 'at');
    return (input) => {
      const parsed = parseCertificate(input);
      const claims = readClaims(parsed);
      const signer = { names: readSubjectNames(parsed), issuer: readIssuer(parsed, claims), claims };
      const issuer = findIssuer(parsed, [at], root);
      checkCodeSigningUsage(parsed);
      const host = verifyCertificateTimestamp(parsed, issuer, root);
      return { kind: 'accepted', says: canonicalize(JSON.parse(JSON.stringify({ ...signer, host }))) };
    };
  },
  parts: (input) => new Map([['certificate', input.toString('base64')]]),
  harmless: [],
};
