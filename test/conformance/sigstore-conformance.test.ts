import type { KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parsePublicKeyPem } from '../../lambdas/core/signature/keys.ts';
import { parseTrustRoot, type TrustRoot } from '../../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import { matchIdentity } from '../../lambdas/core/trust/match-identity.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

/** What each refusal must be about, so that none is refused by accident. */
const CODES: Readonly<Record<string, string>> = {
  'bundle-empty-certificate-chain_fail': 'malformed',
  'bundle-from-wrong-instance_fail': 'untrusted-log',
  'bundle-invalid-base64-signature_fail': 'malformed',
  'bundle-malformed-json_fail': 'malformed',
  'bundle-negative-log-index_fail': 'malformed',
  'bundle-unknown-version_fail': 'unsupported',
  'bundle-with-root-cert_fail': 'untrusted-certificate',
  'checkpoint-bad-keyhint_fail': 'bad-inclusion-proof',
  'checkpoint-wrong-roothash_fail': 'bad-inclusion-proof',
  'dsse-invalid-sig_fail': 'log-entry-mismatch',
  'dsse-mismatch-envelope_fail': 'log-entry-mismatch',
  'dsse-mismatch-sig_fail': 'log-entry-mismatch',
  'inclusion-proof-corrupted-hash_fail': 'bad-inclusion-proof',
  'incorrect-public-key_fail': 'log-entry-mismatch',
  'integrated-time-in-future_fail': 'certificate-expired',
  'intoto-expired-certificate_fail': 'certificate-expired',
  'intoto-log-entry-mismatch_fail': 'log-entry-mismatch',
  'intoto-missing-inclusion-proof_fail': 'bad-inclusion-proof',
  'intoto-set-outside-signing-cert-validity_fail': 'certificate-expired',
  'intoto-tsa-timestamp-outside-cert-validity_fail': 'certificate-expired',
  'invalid-checkpoint-signature_fail': 'bad-inclusion-proof',
  'invalid-ct-key_fail': 'no-certificate-timestamp',
  'invalid-inclusion-proof_fail': 'bad-inclusion-proof',
  'managed-key-no-key_fail': 'wrong-material',
  'managed-key-wrong-key_fail': 'malformed-key',
  'message-digest-mismatch_fail': 'content-mismatch',
  'rekor2-checkpoint-missing-log-signature_fail': 'bad-inclusion-proof',
  'rekor2-checkpoint-missing-origin_fail': 'bad-inclusion-proof',
  'rekor2-checkpoint-missing-root-hash_fail': 'malformed',
  'rekor2-checkpoint-missing-size_fail': 'malformed',
  'rekor2-checkpoint-no-matching-signature_fail': 'bad-inclusion-proof',
  'rekor2-dsse-invalid-sig_fail': 'log-entry-mismatch',
  'rekor2-dsse-mismatch-envelope_fail': 'log-entry-mismatch',
  'rekor2-dsse-mismatch-sig_fail': 'log-entry-mismatch',
  'rekor2-no-inclusion-proof_fail': 'bad-inclusion-proof',
  'rekor2-no-timestamp_fail': 'no-signed-time',
  'rekor2-timestamp-outside-trust-root-tsa-validity_fail': 'bad-timestamp',
  'rekor2-timestamp-outside-tsa-cert-validity_fail': 'bad-timestamp',
  'rekor2-timestamp-payload-mismatch_fail': 'bad-timestamp',
  'rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail': 'bad-timestamp',
  'rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail': 'bad-timestamp',
  'rekor2-timestamp-with-incorrect-time_fail': 'certificate-expired',
  'set-invalid-signature_fail': 'bad-log-entry',
  'signature-mismatch_fail': 'log-entry-mismatch',
  'trust-root-tlog-missing-validity-start_fail': 'trust-root-unusable',
  'wrong-hashedrekord-artifact_fail': 'log-entry-mismatch',
  'wrong-hashedrekord-cert-and-sig_fail': 'log-entry-mismatch',
  'wrong-hashedrekord-entry_fail': 'log-entry-mismatch',
  'wrong-material_fail': 'log-entry-mismatch',
};

describeWithCorpus('sigstore-conformance', ['sigstore-conformance'], () => {
  const folder = corpusPath('sigstore-conformance') ?? '';
  const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  let right = 0;

  afterAll(() => {
    console.log(`sigstore-conformance: ${right}/${cases.length}`);
  });

  it('has all its cases', () => {
    expect(cases).toHaveLength(70);
  });

  it.each(cases.map(({ name }) => name))('%s', (name) => {
    const result = decide(join(folder, name), folder);
    expect(result).toBe(name.endsWith('_fail') ? CODES[name] : 'verified');
    right += 1;
  });
});

function decide(folder: string, parent: string): string {
  const read = (file: string, fallback: string) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : fallback;
  const artifact = existsSync(join(folder, 'artifact')) ? join(folder, 'artifact') : join(parent, 'a.txt');
  const rootFile = join(folder, 'trusted_root.json');
  const ownRoot = existsSync(rootFile);
  let root: TrustRoot;
  try {
    root = parseTrustRoot(
      JSON.parse(
        readFileSync(
          ownRoot ? rootFile : (corpusPath('sigstore-roots', 'public-good.trusted_root.json') ?? ''),
          'utf8',
        ),
      ),
    );
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'crash';
  }
  const keyFile = join(folder, 'key.pub');
  const key = existsSync(keyFile) ? readKey(readFileSync(keyFile, 'utf8')) : undefined;
  if (key === 'malformed-key') return key;
  const verifier: Verifier = key
    ? { kind: 'key', key, log: 'required', root }
    : { kind: 'certificate', root, log: 'required', certificateTimestamp: 'required' };
  const outcome = verifySignature(
    { format: 'bundle', origin: { kind: 'file' }, bytes: readFileSync(join(folder, 'bundle.sigstore.json')) },
    verifier,
    { artifact: { bytes: readFileSync(artifact) } },
  );
  if (!outcome.ok) return outcome.code;
  if (verifier.kind === 'key') return 'verified';
  const identity = matchIdentity(outcome.signer, {
    root: 'root',
    issuer: read('issuer', ISSUER),
    identity: read('identity', IDENTITY),
    transparencyLog: 'required',
    certificateTimestamp: 'required',
  });
  return identity.result === 'passed' ? 'verified' : `identity: ${identity.detail}`;
}

/** The key file of `managed-key-wrong-key_fail` is no point on the curve: it is refused as a key, before any signature is looked at. */
function readKey(pem: string): KeyObject | 'malformed-key' {
  try {
    return parsePublicKeyPem(pem);
  } catch {
    return 'malformed-key';
  }
}
