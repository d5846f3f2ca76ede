import type { SignatureErrorCode } from '../../lambdas/core/signature/errors.ts';
import type { NotationErrorCode } from '../../lambdas/core/signature/notation/errors.ts';
import type { Result } from '../output/result.ts';

type DecisionCode =
  | 'identity-mismatch'
  | 'wrong-statement'
  | 'subject-mismatch'
  | 'predicate-mismatch'
  | 'no-candidate'
  | 'same-signer'
  | 'unread-format'
  | 'no-policy'
  | 'unknown-signer'
  | 'index-undecided'
  | 'index-not-verified'
  | 'not-in-index'
  | 'index-gone'
  | 'index-unreadable'
  | 'not-found'
  | 'denied'
  | 'unreachable'
  | 'transient'
  | 'pending'
  | 'verification-skipped';

const TAMPERED =
  'Treat it as tampered with until proven otherwise: find out who pushed it, and have the image signed again.';
const OTHER_SIGNER =
  'If that signer is right, the policy has to name it (a reviewed change); if not, find out who signed.';
const SIGN_AGAIN = 'Have it signed again with current tools; the signature as it is proves nothing.';
const ROOT = 'Check that the trusted root is the one of the Sigstore that signed, and current (docs/trust-root.md).';
const TIME =
  'A signature has to be made while its certificate is valid, and to prove it: sign again with a log or a time stamp.';
const READ_AGAIN =
  'Says nothing about the image. Ask again; if it stays, look at the registry, credentials and limits.';
const NOTATION_FILES =
  "Put Notation's trustpolicy.json or trust store right: `notation policy show`, `notation cert list`.";
const REVOCATION =
  'Says nothing about the image. The responder, or AWS Signer, has to be reachable and allowed: the reason says which.';

/** What to do about each code. */
const ADVICE: Readonly<Record<SignatureErrorCode | NotationErrorCode | DecisionCode, string>> = {
  'no-candidate':
    'Sign the image by its digest as the policy wants it (cosign sign, notation sign). If it was signed, look for the signature in this repository: it may lie at another digest or registry.',
  'identity-mismatch': OTHER_SIGNER,
  'wrong-statement':
    'What is signed is no signature of an image. Sign with `cosign sign`, or attest with the predicate type that the policy names.',
  'subject-mismatch':
    'The signature is of another image: somebody copied it here, or the tag moved after signing. Sign this digest.',
  'predicate-mismatch':
    'The attestation says something else than the policy demands: look at what was built, from where, by whom. Only then change the policy.',
  'same-signer': 'Somebody else has to sign too: one signer counts once, under whatever names.',
  'unread-format': 'Give the policy a signer under `notation` if that signature is to count.',
  'no-policy': 'Name the repository in the trust policy (`images[].repositories`).',
  'unknown-signer': 'Put the policy right: `countersign config check`.',
  'index-undecided': 'Wait for the verdict of the index, or look at it: `countersign explain` with its digest.',
  'index-not-verified': 'Look at the index first: `countersign explain` with its digest.',
  'not-in-index':
    'That index does not vouch for this image: name the one that lists it, or have the image signed itself.',
  'index-gone': 'Name an index that is there.',
  'index-unreadable': READ_AGAIN,
  'not-found': 'Check the reference: the image is not, or no longer, in that repository.',
  denied: 'Sign in (`docker login`), or allow the role to read the repository.',
  unreachable: READ_AGAIN,
  transient: READ_AGAIN,
  pending: 'Wait: the service looks again by itself, at the latest when the grace ends.',
  'verification-skipped': 'The policy says so. Nothing is vouched for.',
  malformed: SIGN_AGAIN,
  unsupported: SIGN_AGAIN,
  'too-large': 'Nothing that large is read. Find out who attached it.',
  'no-signature': SIGN_AGAIN,
  'bad-signature': TAMPERED,
  'wrong-material':
    'It is signed in another way than the policy names: a key where it wants a certificate, or the other way round.',
  'untrusted-certificate': ROOT,
  'certificate-expired': TIME,
  'certificate-usage': 'The certificate is not one for signing code. Find out who issued it.',
  'no-certificate-timestamp':
    'The certificate authority has to log its certificates, or the policy to say `certificateTimestamp: not-required`.',
  'bad-certificate-timestamp': ROOT,
  'no-log-entry':
    'Sign with the transparency log switched on, or have the policy say `transparencyLog: not-required` for this signer.',
  'bad-log-entry': ROOT,
  'log-entry-mismatch': TAMPERED,
  'untrusted-log': ROOT,
  'bad-inclusion-proof': ROOT,
  'no-signed-time': TIME,
  'bad-timestamp': TIME,
  'content-mismatch': 'The signature is of something else: check that file and signature belong together.',
  'trust-root-unusable': ROOT,
  'bad-header': SIGN_AGAIN,
  'missing-critical-header': SIGN_AGAIN,
  'unknown-critical-header': SIGN_AGAIN,
  'plugin-required':
    'It was made for a verification plugin that is not known here: sign without it, or with AWS Signer.',
  'algorithm-mismatch': SIGN_AGAIN,
  'bad-payload': SIGN_AGAIN,
  'metadata-mismatch': SIGN_AGAIN,
  'bad-certificate-chain': SIGN_AGAIN,
  'untrusted-identity': OTHER_SIGNER,
  'signature-expired': 'Have the image signed again: this signature was made to end.',
  'certificate-not-valid': TIME,
  'no-timestamp': TIME,
  revoked:
    'Do not run it. Find out why the certificate, profile or job was revoked, and rebuild and sign if the image is good.',
  'revocation-unknown': REVOCATION,
  'bad-trust-policy': NOTATION_FILES,
  'bad-trust-store': NOTATION_FILES,
  'no-applicable-policy': NOTATION_FILES,
};

/** What to do next about a result, at most three things, each once, in the order of its reasons. */
export function advise({ verdict, reasons }: Result): readonly string[] {
  if (verdict === 'verified') return [];
  const known = reasons.flatMap(({ code }) => (isKnown(code) ? [ADVICE[code]] : []));
  const rest = known.length === 0 ? [FALLBACK[verdict]] : known;
  return [...new Set(rest)].slice(0, 3);
}

function isKnown(code: string): code is keyof typeof ADVICE {
  return Object.hasOwn(ADVICE, code);
}

const FALLBACK: Readonly<Record<Exclude<Result['verdict'], 'verified'>, string>> = {
  unsigned: ADVICE['no-candidate'],
  invalid: 'Look at the failed checks below.',
  error: READ_AGAIN,
  gone: ADVICE['not-found'],
  ignored: ADVICE['no-policy'],
};
