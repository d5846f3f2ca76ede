import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Absent } from '../harness/absent.ts';
import type { Checks } from '../harness/checks.ts';
import { type Registry, startRegistry } from '../harness/registry.ts';
import { PREDICATES, type PredicateName, type SignedImage, type Signing, type Way } from '../harness/signing.ts';
import type { Workbench } from '../harness/workbench.ts';
import { askOurs } from './ask-ours.ts';
import { transplantAttestation, transplantBundle } from './forgeries.ts';

/** Who has to have attested, in the words of cosign's flags and of our policy. */
type Trust = 'key' | 'other key' | 'identity' | 'other identity' | 'identity, foreign root';

interface Case {
  readonly name: string;
  readonly trust: Trust;
  /** What has to be attested. */
  readonly wanted: PredicateName;
  readonly make: (signing: Signing, image: SignedImage, another: () => Promise<SignedImage>) => Promise<unknown>;
  readonly verdict: 'verified' | 'unsigned' | 'invalid';
  /** Where cosign says something else on purpose: the rule of ours that differs. */
  readonly differsFromCosign?: string;
}

const attested = (way: Way, trust: Trust, wanted: PredicateName, verdict: Case['verdict'] = 'verified'): Case => ({
  name: `${wanted}, ${way}; trusting ${trust}`,
  ...{ trust, wanted, verdict },
  make: (signing, image) => signing.attest(image, way, { type: wanted }),
});

/** Tekton Chains with a key of its own signs so: an `.att` of SLSA provenance, in no log. */
const TEKTON = 'legacy, key';

const CASES: readonly Case[] = [
  attested(TEKTON, 'key', 'slsaprovenance1'),
  attested(TEKTON, 'key', 'slsaprovenance02'),
  attested(TEKTON, 'other key', 'slsaprovenance02', 'invalid'),
  attested(TEKTON, 'identity', 'slsaprovenance02', 'unsigned'),
  attested('bundle, key', 'key', 'slsaprovenance1'),
  attested('bundle, key', 'other key', 'slsaprovenance1', 'invalid'),
  attested('bundle, key', 'key', 'vuln'),
  attested('bundle, key', 'key', 'spdxjson'),
  attested('bundle, key', 'key', 'cyclonedx'),
  attested('bundle, identity, Rekor v2', 'identity', 'slsaprovenance1'),
  attested('bundle, identity, Rekor v2', 'other identity', 'slsaprovenance1', 'invalid'),
  attested('bundle, identity, Rekor v2', 'identity, foreign root', 'slsaprovenance1', 'invalid'),
  attested('bundle, identity, Rekor v1', 'identity', 'slsaprovenance1'),
  attested('legacy, identity, Rekor v1', 'identity', 'slsaprovenance1'),
  attested('legacy, identity, Rekor v1', 'other identity', 'slsaprovenance1', 'invalid'),
  ...(['bundle, key', TEKTON] as const).map(
    (way): Case => ({
      name: `something else, ${way}; trusting key`,
      ...{ trust: 'key', wanted: 'vuln', verdict: 'unsigned' },
      make: (signing, image) => signing.attest(image, way, { type: 'slsaprovenance1' }),
    }),
  ),
  {
    name: 'a signature and nothing attested; trusting key',
    ...{ trust: 'key', wanted: 'slsaprovenance1', verdict: 'unsigned' },
    make: (signing, image) => signing.sign(image, 'bundle, key'),
  },
  {
    name: 'nothing at all; trusting key',
    ...{ trust: 'key', wanted: 'slsaprovenance1', verdict: 'unsigned' },
    make: async () => undefined,
  },
  {
    name: 'attested by another key and by the right one; trusting key',
    ...{ trust: 'key', wanted: 'slsaprovenance1', verdict: 'verified' },
    make: async (signing, image) => {
      await signing.attest(image, 'bundle, key', { key: signing.otherKey });
      await signing.attest(image, 'bundle, key');
    },
  },
  {
    name: 'an attestation about another image, bundle; trusting key',
    ...{ trust: 'key', wanted: 'slsaprovenance1', verdict: 'invalid' },
    make: async (signing, image, another) => {
      const other = await another();
      await signing.attest(other, 'bundle, key');
      await transplantBundle(other, image);
    },
  },
  {
    name: 'an attestation about another image, legacy; trusting key',
    ...{ trust: 'key', wanted: 'slsaprovenance1', verdict: 'invalid' },
    make: async (signing, image, another) => {
      const other = await another();
      await signing.attest(other, TEKTON);
      await transplantAttestation(other, image);
    },
  },
];

/** What the real cosign attested, in both formats: our policy and `cosign verify-attestation` must say the same of each image. */
export async function checkAttestations(bench: Workbench, checks: Checks): Promise<void> {
  const signing = await bench.signing();
  const bin = await bench.goTools();
  const checkRegistry = async (name: string, hasReferrers: boolean) => {
    try {
      const registry = await startRegistry(bench.processes, bin, hasReferrers);
      for (const [number, one] of CASES.entries()) {
        await checks.check(`${name}: ${one.name}`, () =>
          checkCase(bench, signing, registry, `attested/case-${number}`, one),
        );
      }
    } catch (error) {
      if (!(error instanceof Absent)) throw error;
      checks.skip(name, error.message);
    }
  };
  await Promise.all([
    checkRegistry('registry with referrers', true),
    checkRegistry('registry without referrers', false),
  ]);
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
  const policy = writePolicy(bench, signing, one);
  const [ours, theirs] = await Promise.all([
    askOurs(bench, image, ['--policy', policy]),
    signing.cosign('verify-attestation', '--type', one.wanted, ...flagsOf(signing, one.trust), image.ref),
  ]);
  assert.equal(ours.verdict, one.verdict, `ours: ${ours.text}`);
  const same = (one.verdict === 'verified') === (theirs.code === 0);
  assert.equal(same, one.differsFromCosign === undefined, `cosign: exit ${theirs.code} ${theirs.stderr}`);
  return one.differsFromCosign === undefined ? one.verdict : `${one.verdict}, unlike cosign: ${one.differsFromCosign}`;
}

/** A trust policy that wants the one thing of the one signer, for every repository. YAML takes JSON as it is. */
function writePolicy({ folder }: Workbench, { key, otherKey, sigstore }: Signing, { trust, wanted }: Case): string {
  const { identity, issuer, trustedRoot, foreignRoot } = sigstore;
  const keyless = (subject: string, root: string) => ({
    roots: { private: { file: root } },
    signer: { keyless: { root: 'private', issuer, identity: subject } },
  });
  const byKey = (file: string) => ({ roots: {}, signer: { key: { file }, transparencyLog: 'not-required' } });
  const { roots, signer } = {
    key: byKey(key.publicKey),
    'other key': byKey(otherKey.publicKey),
    identity: keyless(identity, trustedRoot),
    'other identity': keyless(identity.replace('acme', 'evil'), trustedRoot),
    'identity, foreign root': keyless(identity, foreignRoot),
  }[trust];
  const require = { attestedBy: 'builder', predicateType: PREDICATES[wanted].type };
  const policies = join(folder, 'policies');
  mkdirSync(policies, { recursive: true });
  const file = join(policies, `${trust.replace(/\W+/g, '-')}-${wanted}.yaml`);
  const images = [{ name: 'attested', repositories: ['**'], require }];
  writeFileSync(
    file,
    JSON.stringify({ version: 1, roots, signers: { builder: signer }, images, otherRepositories: 'ignore' }),
  );
  return file;
}

function flagsOf({ key, otherKey, sigstore }: Signing, trust: Trust): string[] {
  const { identity, issuer, trustedRoot, foreignRoot } = sigstore;
  const byIdentity = (id: string, root: string) => [
    ...['--certificate-identity', id, '--certificate-oidc-issuer', issuer, '--trusted-root', root],
  ];
  switch (trust) {
    case 'key':
      return ['--key', key.publicKey, '--insecure-ignore-tlog'];
    case 'other key':
      return ['--key', otherKey.publicKey, '--insecure-ignore-tlog'];
    case 'identity':
      return byIdentity(identity, trustedRoot);
    case 'other identity':
      return byIdentity(identity.replace('acme', 'evil'), trustedRoot);
    case 'identity, foreign root':
      return byIdentity(identity, foreignRoot);
  }
}
