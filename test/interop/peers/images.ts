import assert from 'node:assert/strict';
import { Absent, findProgram } from '../harness/absent.ts';
import type { Checks } from '../harness/checks.ts';
import { type Registry, startDistribution, startRegistry } from '../harness/registry.ts';
import type { SignedImage, Signing, Way } from '../harness/signing.ts';
import type { Workbench } from '../harness/workbench.ts';
import { askOurs } from './ask-ours.ts';
import {
  addRewrittenBundle,
  addTamperedBundle,
  tamperLegacy,
  transplantBundle,
  transplantLegacy,
} from './forgeries.ts';

/** Whom to trust, in the flags that cosign and we have in common. */
type Trust =
  | 'key'
  | 'other key'
  | 'key and log'
  | 'identity'
  | 'other identity'
  | 'other issuer'
  | 'identity, foreign root';

interface Case {
  readonly name: string;
  readonly trust: Trust;
  readonly make: (signing: Signing, image: SignedImage, another: () => Promise<SignedImage>) => Promise<unknown>;
  readonly verdict: 'verified' | 'unsigned' | 'invalid';
  /** Where cosign says something else on purpose: the rule of ours that differs. */
  readonly differsFromCosign?: string;
  /** About the flags and not about what is stored: one registry is enough. */
  readonly once?: true;
}

const signed = (way: Way, trust: Trust, verdict: Case['verdict'] = 'verified'): Case => ({
  name: `${way}; trusting ${trust}`,
  trust,
  verdict,
  make: (signing, image) => signing.sign(image, way),
  ...(verdict !== 'verified' && { once: true }),
});

const CASES: readonly Case[] = [
  signed('legacy, key', 'key'),
  signed('legacy, key', 'other key', 'invalid'),
  signed('legacy, key', 'identity', 'unsigned'),
  signed('legacy, key', 'key and log', 'invalid'),
  signed('bundle, key', 'key'),
  signed('bundle, key', 'other key', 'invalid'),
  signed('bundle, key', 'key and log', 'invalid'),
  signed('bundle, key, Rekor v2', 'key and log'),
  signed('bundle, key, Rekor v2', 'other key', 'invalid'),
  signed('bundle, identity, Rekor v2', 'identity'),
  signed('bundle, identity, Rekor v2', 'other identity', 'invalid'),
  signed('bundle, identity, Rekor v2', 'other issuer', 'invalid'),
  signed('bundle, identity, Rekor v2', 'identity, foreign root', 'invalid'),
  signed('bundle, identity, Rekor v2', 'key', 'unsigned'),
  signed('bundle, identity, Rekor v1', 'identity'),
  signed('bundle, identity, Rekor v1', 'other identity', 'invalid'),
  signed('bundle, identity, Rekor v1', 'identity, foreign root', 'invalid'),
  signed('legacy, identity, Rekor v1', 'identity'),
  signed('legacy, identity, Rekor v1', 'other identity', 'invalid'),
  signed('legacy, identity, Rekor v1', 'other issuer', 'invalid'),
  signed('legacy, identity, Rekor v1', 'identity, foreign root', 'invalid'),
  { name: 'no signature', trust: 'key', verdict: 'unsigned', make: async () => undefined },
  {
    name: 'legacy of another image',
    trust: 'key',
    verdict: 'invalid',
    make: async (signing, image, another) => {
      const other = await another();
      await signing.sign(other, 'legacy, key');
      await transplantLegacy(other, image);
    },
  },
  {
    name: 'bundle of another image',
    trust: 'key',
    verdict: 'invalid',
    make: async (signing, image, another) => {
      const other = await another();
      await signing.sign(other, 'bundle, key');
      await transplantBundle(other, image);
    },
  },
  {
    name: 'keyless bundle of another image, its payload rewritten',
    trust: 'identity',
    verdict: 'invalid',
    make: async (signing, image, another) => {
      const other = await another();
      await signing.sign(other, 'bundle, identity, Rekor v2');
      await addRewrittenBundle(other, image);
    },
  },
  {
    name: 'legacy with one bit flipped',
    trust: 'key',
    verdict: 'invalid',
    make: async (signing, image) => {
      await signing.sign(image, 'legacy, key');
      await tamperLegacy(image);
    },
  },
  {
    name: 'a tampered bundle beside a good one',
    trust: 'key',
    verdict: 'verified',
    make: async (signing, image) => {
      await signing.sign(image, 'bundle, key');
      await addTamperedBundle(image);
    },
  },
  {
    name: 'signed by another key and by the right one',
    trust: 'key',
    verdict: 'verified',
    make: async (signing, image) => {
      await signing.sign(image, 'bundle, key', signing.otherKey);
      await signing.sign(image, 'bundle, key');
    },
  },
  {
    name: 'a bundle of another image beside a good legacy signature',
    trust: 'key',
    verdict: 'verified',
    differsFromCosign: 'formats are united: cosign looks at no .sig tag once there is a bundle',
    make: async (signing, image, another) => {
      const other = await another();
      await signing.sign(other, 'bundle, key');
      await transplantBundle(other, image);
      await signing.sign(image, 'legacy, key');
    },
  },
  {
    name: 'provenance and no signature, bundle',
    trust: 'key',
    verdict: 'unsigned',
    differsFromCosign: 'an attestation says something about an image and does not sign it: signedBy wants a signature',
    make: (signing, image) => signing.attest(image, 'bundle, key'),
  },
  {
    name: 'provenance and no signature, legacy',
    trust: 'key',
    verdict: 'unsigned',
    make: (signing, image) => signing.attest(image, 'legacy, key'),
  },
];

/** Images in real registries, signed then and there by the real cosign: our command line and cosign must say the same of each. */
export async function checkImages(bench: Workbench, checks: Checks): Promise<void> {
  const signing = await bench.signing();
  const bin = await bench.goTools();
  const registries: readonly [string, () => Promise<Registry>][] = [
    ['registry with referrers', () => startRegistry(bench.processes, bin, true)],
    ['registry without referrers', () => startRegistry(bench.processes, bin, false)],
    ['distribution', () => startDebianRegistry(bench)],
  ];
  const checkRegistry = async ([name, start]: (typeof registries)[number]) => {
    try {
      const registry = await start();
      for (const [number, one] of CASES.entries()) {
        if (one.once === true && name !== registries[0]?.[0]) continue;
        await checks.check(`${name}: ${one.name}`, () =>
          checkCase(bench, signing, registry, `demo/case-${number}`, one),
        );
      }
    } catch (error) {
      if (!(error instanceof Absent)) throw error;
      checks.skip(name, error.message);
    }
  };
  await Promise.all(registries.map(checkRegistry));
}

function startDebianRegistry({ processes, folder }: Workbench): Promise<Registry> {
  const program = findProgram('docker-registry', 'registry');
  if (program === undefined) throw new Absent('docker-registry is not installed');
  return startDistribution(processes, program, folder);
}

async function checkCase(
  bench: Workbench,
  signing: Signing,
  registry: Registry,
  repository: string,
  one: Case,
): Promise<string> {
  const image = await signing.push(registry, repository);
  await one.make(signing, image, () => signing.push(registry, repository));
  const [ours, theirs] = await Promise.all([
    askOurs(bench, image, flagsOf(signing, one.trust)),
    signing.cosign('verify', ...flagsOf(signing, one.trust), image.ref),
  ]);
  assert.equal(ours.verdict, one.verdict, `ours: ${ours.text}`);
  const same = (one.verdict === 'verified') === (theirs.code === 0);
  assert.equal(same, one.differsFromCosign === undefined, `cosign: exit ${theirs.code} ${theirs.stderr}`);
  return one.differsFromCosign === undefined ? one.verdict : `${one.verdict}, unlike cosign: ${one.differsFromCosign}`;
}

function flagsOf({ key, otherKey, sigstore }: Signing, trust: Trust): string[] {
  const { identity, issuer, trustedRoot, foreignRoot } = sigstore;
  const byIdentity = (id: string, by: string, root: string) => [
    ...['--certificate-identity', id, '--certificate-oidc-issuer', by, '--trusted-root', root],
  ];
  switch (trust) {
    case 'key':
      return ['--key', key.publicKey, '--insecure-ignore-tlog'];
    case 'other key':
      return ['--key', otherKey.publicKey, '--insecure-ignore-tlog'];
    case 'key and log':
      return ['--key', key.publicKey, '--trusted-root', trustedRoot];
    case 'identity':
      return byIdentity(identity, issuer, trustedRoot);
    case 'other identity':
      return byIdentity(identity.replace('acme', 'evil'), issuer, trustedRoot);
    case 'other issuer':
      return byIdentity(identity, 'https://issuer.example', trustedRoot);
    case 'identity, foreign root':
      return byIdentity(identity, issuer, foreignRoot);
  }
}
