import { type SamplePolicy, SIGNERS } from '../../support/signed-samples.ts';

/** One layout of signed-samples under one policy, and what the image in it must be. */
export interface LayoutRow {
  readonly layout: string;
  readonly policy: SamplePolicy;
  readonly verdict: 'verified' | 'unsigned' | 'invalid';
  /** The reason that must be among those given. Verified images need none. */
  readonly code?: string;
  readonly because: string;
}

const SLSA = 'https://slsa.dev/provenance/v1';
const SPDX = 'https://spdx.dev/Document';
const ROOT = 'trusted-root.json';
const REKOR1 = 'trusted-root-rekor1.json';
const WITHOUT_CT = 'trusted-root-fulcio-tsa.json';
const key: SamplePolicy = { signer: SIGNERS.key };
const loggedKey: SamplePolicy = { signer: SIGNERS.loggedKey, root: ROOT };
const developer: SamplePolicy = { signer: SIGNERS.developer, root: ROOT };
const workflow: SamplePolicy = { signer: SIGNERS.workflow, root: ROOT };
const notary: SamplePolicy = { signer: SIGNERS.notary };
const notaryWithStamps: SamplePolicy = { signer: SIGNERS.notaryWithStamps };

const good = (layout: string, policy: SamplePolicy, because: string): LayoutRow => ({
  layout,
  policy,
  verdict: 'verified',
  because,
});
const bad = (layout: string, policy: SamplePolicy, code: string, because: string): LayoutRow => ({
  ...{ layout, policy, verdict: 'invalid', code, because },
});
const none = (layout: string, policy: SamplePolicy, code: string, because: string): LayoutRow => ({
  ...{ layout, policy, verdict: 'unsigned', code, because },
});

export const LAYOUTS: readonly LayoutRow[] = [
  none('unsigned', key, 'no-candidate', 'nothing is attached'),
  good('legacy', key, 'a .sig by the key'),
  good('legacy', { ...key, attested: SLSA }, 'an .att by the key'),
  bad('legacy', loggedKey, 'no-log-entry', 'not logged, and a log is demanded'),
  good('bundle', key, 'a bundle by the key'),
  good('bundle', { ...key, attested: SLSA }, 'provenance by the key'),
  bad('bundle', { signer: SIGNERS.otherKey }, 'bad-signature', 'by another key'),
  none('bundle', developer, 'wrong-material', 'by a bare key: nobody claims an identity'),
  bad('wrongkey', key, 'bad-signature', 'by another key'),
  good('wrongkey', { signer: SIGNERS.otherKey }, 'by that other key'),
  none('attonly', key, 'no-candidate', 'an attestation is no signature, though cosign takes it for one'),
  good('attonly', { ...key, attested: SLSA }, 'provenance by the key'),
  bad('transplant', { ...key, attested: SLSA }, 'subject-mismatch', 'provenance of another image, moved here'),
  none('transplant', key, 'no-candidate', 'provenance is no signature of any image'),
  good('keytlog', loggedKey, 'by the key and logged'),
  good('keytlog', key, 'by the key'),
  good('keyless', developer, 'certificate, SCT, Rekor v2, time stamp'),
  bad(
    'keyless',
    { signer: SIGNERS.stranger, root: ROOT },
    'identity-mismatch',
    'the name of the signer is part of the real one',
  ),
  bad('keyless', workflow, 'identity-mismatch', 'by a person, and a workflow is demanded'),
  none('keyless', key, 'wrong-material', 'by a certificate: nobody claims the key'),
  bad('keyless', { ...developer, root: 'trusted-root-wrongrekor.json' }, 'untrusted-log', 'the root has another log'),
  bad(
    'keyless',
    { ...developer, root: 'trusted-root-noct.json' },
    'no-certificate-timestamp',
    'the root has no certificate log',
  ),
  bad(
    'keyless',
    { ...developer, root: 'trusted-root-notsa.json' },
    'bad-timestamp',
    'the root has no time stamping authority',
  ),
  good('keylessgh', workflow, 'by the workflow'),
  good('keylessgh', { ...workflow, attested: SLSA }, 'provenance by the workflow'),
  good('keylessgh', { ...workflow, attested: SPDX }, 'an SBOM by the workflow'),
  none(
    'keylessgh',
    { ...workflow, attested: 'https://slsa.dev/provenance/v2' },
    'no-candidate',
    'a predicate type that begins alike',
  ),
  bad('keylessgh', developer, 'identity-mismatch', 'by a workflow, and a person is demanded'),
  bad('keylesstsa', developer, 'no-log-entry', 'not logged, and a log is demanded'),
  good(
    'keylesstsa',
    { signer: SIGNERS.developerWithoutLog, root: ROOT },
    'no log is demanded; the time stamp vouches for the time',
  ),
  bad('legacykeyless', workflow, 'no-log-entry', 'not logged, and a log is demanded'),
  good(
    'legacykeyless',
    { signer: SIGNERS.workflowWithoutLog, root: ROOT },
    'no log is demanded; the time stamp vouches for the time',
  ),
  bad('noct', developer, 'no-log-entry', 'not logged, and a log is demanded'),
  bad(
    'noct',
    { signer: SIGNERS.developerWithoutLog, root: WITHOUT_CT },
    'no-certificate-timestamp',
    'the certificate has no SCT',
  ),
  good('noct', { signer: SIGNERS.developerWithoutProofs, root: WITHOUT_CT }, 'neither log nor SCT is demanded'),
  good('r1bundle', { ...developer, root: REKOR1 }, 'logged in Rekor v1'),
  good('r1bundle', { ...developer, root: REKOR1, attested: SLSA }, 'provenance logged in Rekor v1'),
  bad('r1bundle', developer, 'untrusted-log', 'the root has another log'),
  good('r1legacy', { ...developer, root: REKOR1 }, 'a .sig with the promise of Rekor v1'),
  good('r1legacy', { ...developer, root: REKOR1, attested: SPDX }, 'an .att with the promise of Rekor v1'),
  bad('r1legacy', developer, 'untrusted-log', 'the root has another log'),
  good('notjws', notary, 'JWS under the trust store'),
  good('notcose', notaryWithStamps, 'COSE with a time stamp'),
  bad('notjws', { signer: SIGNERS.otherNotary }, 'untrusted-identity', 'another organization'),
  bad('notcose', { signer: SIGNERS.selfSigned }, 'untrusted-certificate', 'another trust store'),
  good('notself', { signer: SIGNERS.selfSigned }, 'a self-signed certificate that is trusted'),
  bad('notself', notary, 'untrusted-certificate', 'a self-signed certificate that is not'),
  bad('notexpired', notary, 'certificate-not-valid', 'the certificate has ended'),
  bad('notexpired', notaryWithStamps, 'no-timestamp', 'the certificate has ended, and there is no time stamp'),
  good('notexpiredtsa', notaryWithStamps, 'stamped while the certificate was valid'),
  bad('notexpiredtsa', notary, 'certificate-not-valid', 'stamped, and no authority for stamps is trusted'),
  none('keyless', notary, 'no-candidate', 'a Sigstore signature says nothing to a Notary Project signer'),
  // Notation is not asked for by these policies: as far as they are concerned, nobody signed.
  ...['notjws', 'notcose', 'notself', 'notexpired', 'notexpiredtsa'].map((layout) =>
    none(layout, key, 'unread-format', 'a Notary Project signature says nothing to a Sigstore signer'),
  ),
];
