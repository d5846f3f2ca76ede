import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CountersignError } from '../../lambdas/core/errors.ts';
import { parseCertificatePem } from '../../lambdas/core/signature/certificate.ts';
import { checkCodeSigningUsage, findIssuer } from '../../lambdas/core/signature/certificate-chain.ts';
import { parsePublicKeyPem } from '../../lambdas/core/signature/keys.ts';
import { verifyTimestamp } from '../../lambdas/core/signature/timestamp.ts';
import { parseTrustRoot, type TrustRoot } from '../../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import { corpusPath } from './corpus.ts';
import { readCorpusFile } from './envelope-samples.ts';

/** A moment at which all the bogus certificates of the sample data are valid. */
const NOW = Date.UTC(2026, 10, 23, 12);

/**
 * Decides one file of the sample data (`folder/file`) by a judge and what that needs, separated by `|`: `bundle:ROOT|ARTIFACT`, `key:KEY|ROOT`, `detached:ROOT`,
 * `timestamp:ROOT|MESSAGE`, `root:`, `certificate:ISSUER`, `authority:LEAF`, `npm:NUMBER`. A root may be a member of a document: `file.json#member`. The artifact of a
 * bundle is the file beside it, unless it is named. Returns `verified`, `usable` or `accepted`, or the code of the refusal.
 */
export function decideSample(path: string, by: string): string {
  const [judge = '', needs = ''] = by.split(/:(.*)/s);
  const [first = '', second] = needs.split('|');
  try {
    return judgeSample(judge, path, first, second);
  } catch (thrown) {
    if (thrown instanceof CountersignError) return thrown.code;
    throw thrown;
  }
}

function judgeSample(judge: string, path: string, first: string, second: string | undefined): string {
  switch (judge) {
    case 'bundle':
      return verifyBundle(
        read(path),
        byRoot(readRoot(first)),
        second === undefined ? findArtifact(path) : read(second),
      );
    case 'key': {
      const root = second === undefined ? undefined : readRoot(second);
      const key = parsePublicKeyPem(read(first).toString());
      return verifyBundle(read(path), {
        kind: 'key',
        key,
        log: root === undefined ? 'not-required' : 'required',
        ...(root && { root }),
      });
    }
    case 'detached':
      return verifyBundle(joinDetached(path), byRoot(readRoot(first)), read(path.replace(/\.crt$/, '')));
    case 'npm': {
      const { attestations } = JSON.parse(read(path).toString()) as {
        readonly attestations: readonly { bundle: unknown }[];
      };
      const bundle = Buffer.from(JSON.stringify(attestations[Number(first)]?.bundle));
      return verifyBundle(
        bundle,
        byRoot(readRoot('sigstore-roots/public-good.trusted_root.json')),
        read(path.replace(/\.json$/, '')),
      );
    }
    case 'timestamp':
      return verifyTimestamp(read(path), read(second ?? ''), readRoot(first)).trusted ? 'accepted' : 'passed over';
    case 'root':
      parseTrustRoot(JSON.parse(read(path).toString()));
      return 'usable';
    case 'certificate':
      return judgeCertificate(path, join(dirname(path), first));
    case 'authority':
      return judgeCertificate(join(dirname(path), first), path);
    default:
      throw new TypeError(`no judge is called ${judge}`);
  }
}

function read(path: string): Buffer {
  return readCorpusFile(...path.split('/'));
}

function readRoot(text: string): TrustRoot {
  const [path = '', member] = text.split('#');
  const json = JSON.parse(read(path).toString()) as Readonly<Record<string, unknown>>;
  return parseTrustRoot(member === undefined ? json : json[member]);
}

function byRoot(root: TrustRoot): Verifier {
  return { kind: 'certificate', root, log: 'required', certificateTimestamp: 'required' };
}

function verifyBundle(bytes: Buffer, verifier: Verifier, artifact?: Buffer): string {
  const options = artifact === undefined ? {} : { artifact: { bytes: artifact } };
  const outcome = verifySignature({ format: 'bundle', origin: { kind: 'file' }, bytes }, verifier, options);
  return outcome.ok ? 'verified' : outcome.code;
}

/** The file that a bundle is about, by its name; bytes of ours where it is not in the set. Envelopes of the samples are about images. */
function findArtifact(path: string): Buffer | undefined {
  if (path.startsWith('signed-samples/')) return undefined;
  const artifact = corpusPath(...path.replace(/(\.intoto\.[\w.]+|\.sigstore(\.json)?|\.bundle)$/, '').split('/'));
  return artifact !== undefined && existsSync(artifact) ? readFileSync(artifact) : Buffer.from('other bytes');
}

/** Certificate and signature of the days before bundles, put into one. */
function joinDetached(path: string): Buffer {
  const pem = read(path).toString();
  const text = pem.includes('-----BEGIN') ? pem : Buffer.from(pem, 'base64').toString();
  const certificate = text === '' ? Buffer.alloc(0) : parseCertificatePem(text).der;
  return Buffer.from(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { certificate: { rawBytes: Buffer.from(certificate).toString('base64') }, tlogEntries: [] },
      messageSignature: {
        signature: read(path.replace(/\.crt$/, '.sig'))
          .toString()
          .trim(),
      },
    }),
  );
}

/** A signing certificate under an authority that a root would hold: issuer, validity, usage. */
function judgeCertificate(leaf: string, issuer: string): string {
  const rawBytes = Buffer.from(parseCertificatePem(read(issuer).toString()).der).toString('base64');
  const root = parseTrustRoot({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [{ certChain: { certificates: [{ rawBytes }] } }],
  });
  const certificate = parseCertificatePem(read(leaf).toString());
  findIssuer(certificate, [NOW], root);
  checkCodeSigningUsage(certificate);
  return 'accepted';
}
