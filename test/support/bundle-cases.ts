import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { digestOf } from '../../lambdas/core/digest.ts';
import type { Flaws } from '../../local/sigstore/flaws.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { createPrivateSigstore } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { corpusPath } from './corpus.ts';

/** A Sigstore bundle with what it is verified by. */
export interface BundleCase {
  readonly name: string;
  readonly bundle: Buffer;
  readonly artifact?: Buffer;
  /** trusted_root.json, parsed. */
  readonly root: unknown;
  /** SPKI of the pinned key, PEM. */
  readonly key?: string;
}

export const FLAWS: readonly (keyof Flaws)[] = [
  'logKeyMismatch',
  'logKeyEmpty',
  'logEntryOfOtherSignature',
  'logEntryOfOtherPayload',
  'untrustedLog',
  'brokenInclusionProof',
  'brokenEntryTimestamp',
  'duplicateLogEntry',
  'missingSct',
  'sctOfOtherCertificate',
  'untrustedCtLog',
  'missingEku',
  'wrongEku',
  'leafIsAuthority',
  'unknownCriticalExtension',
  'untrustedAuthority',
  'timestampOverOtherBytes',
  'untrustedTimestampAuthority',
  'expired',
  'wrongSubject',
  'alteredPayload',
  'wrongSignature',
];

/** Bundles made here: each form right, and each form with each flaw. */
export function makeBundleCases(): readonly BundleCase[] {
  const sigstore = createPrivateSigstore({ now: () => Date.UTC(2026, 10, 23, 12) });
  const root: unknown = JSON.parse(JSON.stringify(sigstore.trustedRoot()));
  const artifact = Buffer.from('an artifact');
  const image = digestOf('an image');
  const signer = githubWorkflow('acme/app');
  const key = createSigningKey();
  const cases: BundleCase[] = [];
  const add = (name: string, bundle: unknown, more: Partial<BundleCase> = {}) =>
    cases.push({ name, bundle: Buffer.from(JSON.stringify(bundle)), root, ...more });
  // Entries of others in the logs, so that proofs have hashes.
  for (let entry = 0; entry < 9; entry += 1) {
    for (const log of ['v1', 'v2'] as const) sigstore.signArtifact(artifact, signer, { log, timestamp: false });
  }
  for (const log of ['v1', 'v2'] as const) {
    for (const flaw of [undefined, ...FLAWS]) {
      const options = { log, timestamp: true, ...(flaw && { flaws: { [flaw]: true } }) };
      add(`made: message, ${log}, ${flaw ?? 'right'}`, sigstore.signArtifact(artifact, signer, options), { artifact });
      add(`made: statement, ${log}, ${flaw ?? 'right'}`, sigstore.signImageBundle(image, signer, options));
    }
    add(`made: key, ${log}`, sigstore.signImageBundle(image, key, { log, timestamp: true }), { key: key.publicKeyPem });
  }
  return cases;
}

/** Every public bundle at hand; empty where the sample data is not there. */
export function readBundleCases(): readonly BundleCase[] {
  return [...readConformance(), ...readSigstorePython(), ...readProvenance(), ...readSamples()];
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function readConformance(): readonly BundleCase[] {
  const folder = corpusPath('sigstore-conformance');
  const publicRoot = corpusPath('sigstore-roots', 'public-good.trusted_root.json');
  if (folder === undefined || publicRoot === undefined) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const at = (file: string) => join(folder, name, file);
      const key = existsSync(at('key.pub')) ? readFileSync(at('key.pub'), 'utf8') : undefined;
      if (key !== undefined && !isKey(key)) return [];
      return [
        {
          name: `conformance: ${name}`,
          bundle: readFileSync(at('bundle.sigstore.json')),
          artifact: readFileSync(existsSync(at('artifact')) ? at('artifact') : join(folder, 'a.txt')),
          root: readJson(existsSync(at('trusted_root.json')) ? at('trusted_root.json') : publicRoot),
          ...(key !== undefined && { key }),
        },
      ];
    });
}

function isKey(pem: string): boolean {
  try {
    return createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}

function readSigstorePython(): readonly BundleCase[] {
  const folder = corpusPath('sigstore-python');
  const publicRoot = corpusPath('sigstore-roots', 'public-good.trusted_root.json');
  if (folder === undefined || publicRoot === undefined) return [];
  const { trustedRoot: staging } = JSON.parse(readFileSync(join(folder, 'tsa', 'trust_config.json'), 'utf8')) as {
    readonly trustedRoot: unknown;
  };
  return ['.', 'integration', 'tsa'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((file) => /\.sigstore(\.json)?$/.test(file))
      .flatMap((file) => {
        // Those of `tsa` are all about one file.
        const artifact = join(folder, part, part === 'tsa' ? 'bundle.txt' : file.replace(/\.sigstore(\.json)?$/, ''));
        const bytes = existsSync(artifact) ? readFileSync(artifact) : Buffer.from('another artifact');
        const bundle = readFileSync(join(folder, part, file));
        return [
          { name: `sigstore-python: ${part}/${file}, public`, bundle, artifact: bytes, root: readJson(publicRoot) },
          { name: `sigstore-python: ${part}/${file}, staging`, bundle, artifact: bytes, root: staging },
        ];
      }),
  );
}

/** Provenance of GitHub's generators, and what npm attaches to packages. */
function readProvenance(): readonly BundleCase[] {
  const containers = corpusPath('slsa', 'container-based');
  const npm = corpusPath('slsa', 'npm', 'gha');
  const publicRoot = corpusPath('sigstore-roots', 'public-good.trusted_root.json');
  if (containers === undefined || npm === undefined || publicRoot === undefined) return [];
  const root = readJson(publicRoot);
  const generated = readdirSync(containers).flatMap((version) =>
    readdirSync(join(containers, version))
      .filter((file) => /\.(slsa|sigstore)$/.test(file))
      .map((file) => {
        const artifact = join(containers, version, file.replace(/\.intoto.*$/, ''));
        return {
          name: `slsa ${version}: ${file}`,
          bundle: readFileSync(join(containers, version, file)),
          ...(existsSync(artifact) && { artifact: readFileSync(artifact) }),
          root,
        };
      }),
  );
  const packages = readdirSync(npm)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) =>
      readAttestations(readJson(join(npm, file))).map((bundle, index) => ({
        name: `npm: ${basename(file)} ${index}`,
        bundle: Buffer.from(JSON.stringify(bundle)),
        artifact: readFileSync(join(npm, file.replace(/\.json$/, ''))),
        root,
      })),
    );
  return [...generated, ...packages];
}

function readAttestations(json: unknown): readonly unknown[] {
  if (typeof json !== 'object' || json === null || !('attestations' in json) || !Array.isArray(json.attestations))
    return [];
  return json.attestations.map((attestation: { readonly bundle?: unknown }) => attestation.bundle);
}

function readSamples(): readonly BundleCase[] {
  const folder = corpusPath('signed-samples');
  if (folder === undefined) return [];
  const key = readFileSync(join(folder, 'keys', 'cosign.pub'), 'utf8');
  return readdirSync(join(folder, 'bundles'))
    .filter((file) => file.endsWith('.sigstore.json'))
    .map((file) => {
      const bundle = readFileSync(join(folder, 'bundles', file));
      const root = file.startsWith('r1') ? 'trusted-root-rekor1.json' : 'trusted-root.json';
      return {
        name: `sample: ${file}`,
        bundle,
        root: readJson(join(folder, 'trust', root)),
        ...(bundle.includes('"publicKey"') && { key }),
      };
    });
}
