import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNotationConfiguration } from '../../../lambdas/core/signature/notation/configuration.ts';
import { verifyNotationSignature } from '../../../lambdas/core/signature/notation/verify-notation-signature.ts';
import type { Checks } from '../harness/checks.ts';
import { startRegistry } from '../harness/registry.ts';
import type { SignedImage } from '../harness/signing.ts';
import type { Workbench } from '../harness/workbench.ts';
import { transplantBundle } from './forgeries.ts';

const RELEASE = 'x509.subject:C=US,ST=WA,L=Seattle,O=Acme,CN=Acme Release';
const SELF = 'x509.subject:C=US,ST=WA,L=Seattle,O=Acme,CN=Acme Self';

interface Case {
  readonly name: string;
  readonly certificate: 'leaf' | 'self';
  readonly format: 'jws' | 'cose';
  /** Trust stores as notpeer takes them: the name of a store of authorities, and after a comma further ones with their type. */
  readonly stores: string;
  readonly identity: string;
  readonly accepted: boolean;
  readonly timestamped?: boolean;
  /** The signature is hung onto another image, which is then asked about. */
  readonly transplanted?: boolean;
}

const good = { certificate: 'leaf', stores: 'acme', identity: RELEASE, accepted: true } as const;
const CASES: readonly Case[] = (['jws', 'cose'] as const).flatMap((format) => [
  { ...good, format, name: 'signed by the release certificate' },
  { ...good, format, name: 'with a time stamp', timestamped: true, stores: 'acme,tsa:local' },
  { ...good, format, name: 'any identity of the store', identity: '*' },
  { ...good, format, name: 'another identity', identity: RELEASE.replace('Release', 'Nightly'), accepted: false },
  { ...good, format, name: 'another store', stores: 'self', accepted: false },
  { ...good, format, name: 'self-signed, in its own store', certificate: 'self', stores: 'self', identity: SELF },
  { ...good, format, name: 'self-signed, not in the store', certificate: 'self', identity: SELF, accepted: false },
  { ...good, format, name: 'the signature of another image', transplanted: true, accepted: false },
]);

/** Images signed by notation-go: our verification of Notary Project signatures and notation-go's own must say the same under the same trust policy. */
export async function checkNotation(bench: Workbench, checks: Checks): Promise<void> {
  const signing = await bench.signing();
  const bin = await bench.goTools();
  const registry = await startRegistry(bench.processes, bin, true);
  const certificates = join(bench.folder, 'notation');
  const notpeer = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    bench.processes.run([join(bin, 'notpeer'), ...args], {
      env: { PATH: process.env.PATH, HOME: bench.folder, ...env },
    });
  assert.equal((await notpeer(['gencert', certificates])).code, 0);
  const trust = writeStores(certificates, signing.sigstore.timestampChain);

  for (const one of CASES) {
    await checks.check(`${one.format}, ${one.name}`, async () => {
      const image = await signing.push(registry, 'demo/notation');
      const chain = join(certificates, one.certificate === 'leaf' ? 'leaf.chain.crt' : 'self.crt');
      const stamp = {
        TSA_URL: signing.sigstore.timestampUrl,
        TSA_ROOT: join(trust, 'truststore/x509/tsa/local/root.crt'),
      };
      const sign = ['sign', image.ref, join(certificates, `${one.certificate}.key`), chain, one.format];
      const signed = await notpeer(sign, one.timestamped === true ? stamp : {});
      assert.equal(signed.code, 0, signed.stderr);
      const asked = one.transplanted === true ? await signing.push(registry, 'demo/notation') : image;
      if (asked !== image) await transplantBundle(image, asked);
      const [ours, theirs] = await Promise.all([
        askOurs(asked, trust, one),
        notpeer(['verify', asked.ref, trust, one.stores, one.identity]),
      ]);
      assert.equal(ours.accepted, one.accepted, ours.text);
      assert.equal(theirs.code === 0, one.accepted, theirs.stderr);
      return one.accepted ? 'accepted' : `refused, ours: ${ours.text}`;
    });
  }
}

/** A Notation configuration folder, without the policy, which is the case's. */
function writeStores(certificates: string, timestampChain: string): string {
  const folder = join(certificates, 'configuration');
  const roots: Readonly<Record<string, string>> = {
    'ca/acme/root.crt': readFileSync(join(certificates, 'ca.crt'), 'utf8'),
    'ca/self/root.crt': readFileSync(join(certificates, 'self.crt'), 'utf8'),
    // The chain ends with its root.
    'tsa/local/root.crt': timestampChain.slice(timestampChain.lastIndexOf('-----BEGIN')),
  };
  for (const [path, pem] of Object.entries(roots)) {
    const file = join(folder, 'truststore', 'x509', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, pem);
  }
  return folder;
}

async function askOurs({ registry, repository, digest }: SignedImage, folder: string, { stores, identity }: Case) {
  const [referrer] = await registry.referrers(repository, digest);
  const { manifest } = await registry.readManifest(repository, referrer?.digest ?? '');
  const [layer] = manifest.layers;
  const envelope = await registry.readBlob(repository, layer?.digest ?? '');
  const subject = await registry.readManifest(repository, digest);
  const paths = ['ca/acme/root.crt', 'ca/self/root.crt', 'tsa/local/root.crt'].map((path) => `truststore/x509/${path}`);
  const files = new Map<string, Uint8Array>(paths.map((path) => [path, readFileSync(join(folder, path))]));
  files.set('trustpolicy.json', Buffer.from(JSON.stringify(policyFor(stores, identity))));
  const outcome = await verifyNotationSignature(envelope, layer?.mediaType ?? '', {
    artifact: { mediaType: subject.manifest.mediaType, digest, size: Buffer.byteLength(subject.text) },
    now: Date.now(),
    trust: readNotationConfiguration(files),
    repository: `${registry.host}/${repository}`,
  });
  const text = outcome.kind === 'rejected' || outcome.kind === 'undetermined' ? outcome.code : outcome.kind;
  return { accepted: outcome.kind === 'accepted', text };
}

/** The policy under which notpeer verifies. */
function policyFor(stores: string, identity: string): object {
  const [authorities, ...others] = stores.split(',');
  const signatureVerification = { level: 'strict', override: { revocation: 'skip' } };
  const trustStores = [`ca:${authorities}`, ...others];
  const statement = {
    name: 'p',
    registryScopes: ['*'],
    signatureVerification,
    trustStores,
    trustedIdentities: [identity],
  };
  return { version: '1.0', trustPolicies: [statement] };
}
