import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finished, Processes } from './processes.ts';
import type { Registry } from './registry.ts';
import { cosignEnvironment, type PrivateSigstore } from './sigstore.ts';

/** How cosign signs: with a key or with an identity, in which format, and with which log. */
export type Way =
  | 'legacy, key'
  | 'bundle, key'
  | 'bundle, key, Rekor v2'
  | 'bundle, identity, Rekor v2'
  | 'bundle, identity, Rekor v1'
  | 'legacy, identity, Rekor v1';

/** Names of cosign's for predicate types, with a predicate of each. */
export type PredicateName = 'slsaprovenance1' | 'slsaprovenance02' | 'vuln' | 'spdxjson' | 'cyclonedx';

export interface Attestation {
  readonly type?: PredicateName;
  readonly key?: KeyPair;
}

export interface SignedImage {
  readonly registry: Registry;
  readonly repository: string;
  readonly digest: string;
  /** `host/repository@digest` */
  readonly ref: string;
}

export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** The real cosign, and the real crane to push what it signs. */
export interface Signing {
  readonly key: KeyPair;
  readonly otherKey: KeyPair;
  readonly sigstore: PrivateSigstore;
  /** Pushes an image of one layer, other than any before. */
  push(registry: Registry, repository: string): Promise<SignedImage>;
  sign(image: SignedImage, way: Way, key?: KeyPair): Promise<void>;
  /** Attests something of a type that cosign has a name for; default: SLSA provenance. */
  attest(image: SignedImage, way: Way, what?: Attestation): Promise<void>;
  cosign(...args: readonly string[]): Promise<Finished>;
}

export async function prepareSigning(
  processes: Processes,
  bin: string,
  folder: string,
  sigstore: PrivateSigstore,
): Promise<Signing> {
  mkdirSync(folder, { recursive: true });
  const env = cosignEnvironment(folder);
  const run = (...args: readonly string[]) => processes.must([join(bin, 'cosign'), ...args], { env });
  const makeKey = async (name: string): Promise<KeyPair> => {
    await run('generate-key-pair', '--output-key-prefix', join(folder, name));
    return { privateKey: join(folder, `${name}.key`), publicKey: join(folder, `${name}.pub`) };
  };
  const noServices = join(folder, 'no-services.json');
  await run('signing-config', 'create', '--out', noServices);
  const predicate = (type: PredicateName) => {
    const file = join(folder, `${type}.json`);
    writeFileSync(file, JSON.stringify(PREDICATES[type].predicate));
    return file;
  };
  const key = await makeKey('release');
  const otherKey = await makeKey('other');

  const legacy = ['--use-signing-config=false', '--new-bundle-format=false'];
  const bundle = (config: string) => ['--signing-config', config, '--trusted-root', sigstore.trustedRoot];
  const token = () => ['--identity-token', sigstore.makeToken()];
  const flags: Readonly<Record<Way, (pair: KeyPair) => string[]>> = {
    'legacy, key': ({ privateKey }) => ['--key', privateKey, ...legacy, '--tlog-upload=false'],
    'bundle, key': ({ privateKey }) => ['--key', privateKey, ...bundle(noServices)],
    'bundle, key, Rekor v2': ({ privateKey }) => ['--key', privateKey, ...bundle(sigstore.rekor2)],
    'bundle, identity, Rekor v2': () => [...token(), ...bundle(sigstore.rekor2)],
    'bundle, identity, Rekor v1': () => [...token(), ...bundle(sigstore.rekor1)],
    'legacy, identity, Rekor v1': () => [
      ...[...token(), ...legacy, '--trusted-root', sigstore.trustedRoot],
      ...['--fulcio-url', sigstore.fulcioUrl, '--rekor-url', sigstore.rekor1Url],
    ],
  };

  let pushed = 0;
  return {
    key,
    otherKey,
    sigstore,
    push: async (registry, repository) => {
      pushed += 1;
      const [file, layer] = [`layer-${pushed}.txt`, join(folder, `layer-${pushed}.tar`)];
      writeFileSync(join(folder, file), `${pushed}\n`);
      await processes.must(['tar', '-C', folder, '-cf', layer, file]);
      const target = `${registry.host}/${repository}:v${pushed}`;
      const append = [join(bin, 'crane'), 'append', '--oci-empty-base', '--new_layer', layer, '--new_tag', target];
      const ref = (await processes.must(append, { env })).trim();
      return { registry, repository, ref, digest: ref.slice(ref.indexOf('@') + 1) };
    },
    sign: async ({ ref }, way, pair = key) => void (await run('sign', ...flags[way](pair), '--yes', ref)),
    attest: async ({ ref }, way, { type = 'slsaprovenance1', key: pair = key } = {}) =>
      void (await run('attest', ...flags[way](pair), '--type', type, '--predicate', predicate(type), '--yes', ref)),
    cosign: (...args) => processes.run([join(bin, 'cosign'), ...args], { env }),
  };
}

/** What is attested under each name, and the type that stands in the statement (cosign, specs/COSIGN_PREDICATE_SPEC and in-toto predicates). */
export const PREDICATES: Readonly<Record<PredicateName, { readonly type: string; readonly predicate: object }>> = {
  slsaprovenance1: {
    type: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: { buildType: 'https://example.test/build/v1', externalParameters: {}, resolvedDependencies: [] },
      runDetails: { builder: { id: 'https://example.test/builder' } },
    },
  },
  slsaprovenance02: {
    type: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      builder: { id: 'https://example.test/builder' },
      buildType: 'https://example.test/build/v0',
      invocation: { configSource: { uri: 'git+https://example.test/acme/app', digest: { sha1: 'a'.repeat(40) } } },
      metadata: { completeness: { parameters: true, environment: false, materials: false }, reproducible: false },
      materials: [],
    },
  },
  vuln: {
    type: 'https://cosign.sigstore.dev/attestation/vuln/v1',
    predicate: {
      invocation: { parameters: null, uri: '', event_id: '', 'builder.id': '' },
      scanner: {
        uri: 'https://example.test/scanner',
        version: '1',
        db: { uri: '', version: '' },
        result: { Results: [] },
      },
      metadata: { scanStartedOn: '2026-01-01T00:00:00Z', scanFinishedOn: '2026-01-01T00:00:01Z' },
    },
  },
  spdxjson: {
    type: 'https://spdx.dev/Document',
    predicate: { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'demo', packages: [] },
  },
  cyclonedx: {
    type: 'https://cyclonedx.org/bom',
    predicate: { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components: [] },
  },
};
