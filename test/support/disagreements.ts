import type { SignatureOutcome } from '../../lambdas/core/signature/outcome.ts';

/** Why our engine may refuse what @sigstore/verify accepts, by the code of the refusal. Each is a rule that the oracle does not hold to. */
const STRICTER: Readonly<Record<string, string>> = {
  malformed: 'base64, UTF-8, JSON, DER and signed notes have one form each, and members have their types',
  unsupported: 'media types are compared to the letter',
  'bad-inclusion-proof': 'root hash, size and checkpoint must be of one tree, and a checkpoint names its log',
  'untrusted-log': 'the id of a log is compared to the letter',
  'log-entry-mismatch': 'the log entry must name the certificate or key that signed',
  'certificate-usage': 'the certificate must be for signing code, not of an authority, with nothing critical unknown',
  'content-mismatch': 'a statement must be about the artifact',
  'untrusted-certificate':
    'a bundle brings no root certificate along (sigstore-conformance bundle-with-root-cert_fail)',
  'bad-timestamp': 'the certificate of a time stamping authority is for nothing else',
  'bad-log-entry': 'what is attached must verify, whether needed or not',
};

/** What the oracle demands and we do not, each by what it said. None is about who signed what. */
const LENIENT: readonly { readonly said: RegExp; readonly because: string }[] = [
  {
    said: /timestamp could not be verified/,
    because: 'a time stamp by an authority outside the root is passed over where the log vouches for the time',
  },
  {
    said: /invalid length|unsupported tag|length exceeds/,
    because: 'the certificates that travel inside a time stamp are not read: those of the root count',
  },
  { said: /expected 1 timestamps, got 0/, because: 'a key does not expire, so its signatures need no trusted time' },
  { said: /reading 'envelope'/, because: 'version 0.1 may have a proof without a checkpoint; the promise counts' },
  { said: /invalid (v0\.\d )?bundle/, because: 'the digest beside a message signature is a hint that may be left out' },
];

/** The class of a disagreement between our outcome and the oracle's (undefined where it accepts), or undefined where there is no class for it. */
export function explainDisagreement(ours: SignatureOutcome, theirs: string | undefined): string | undefined {
  if (!ours.ok) return STRICTER[ours.code];
  return LENIENT.find(({ said }) => theirs !== undefined && said.test(theirs))?.because;
}
