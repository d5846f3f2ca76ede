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
  /** Attests SLSA provenance. */
  attest(image: SignedImage, way: 'legacy, key' | 'bundle, key'): Promise<void>;
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
  const predicate = join(folder, 'predicate.json');
  writeFileSync(predicate, JSON.stringify(PROVENANCE));
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
    attest: async ({ ref }, way) =>
      void (await run(
        'attest',
        ...flags[way](key),
        '--type',
        'slsaprovenance1',
        '--predicate',
        predicate,
        '--yes',
        ref,
      )),
    cosign: (...args) => processes.run([join(bin, 'cosign'), ...args], { env }),
  };
}

export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';

const PROVENANCE = {
  buildDefinition: { buildType: 'https://example.test/build/v1', externalParameters: {}, resolvedDependencies: [] },
  runDetails: { builder: { id: 'https://example.test/builder' } },
};
