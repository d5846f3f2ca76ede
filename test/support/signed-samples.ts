import { corpusPath } from './corpus.ts';
import { runCli } from './run-cli.ts';
import { makeFolder } from './temporary-folder.ts';

/** Whom a sample is judged by: one signer, and what is required of them. */
export interface SamplePolicy {
  readonly signer: string;
  /** A file of the samples' `trust/`. */
  readonly root?: string;
  /** Default: a signature. */
  readonly attested?: string;
}

const ISSUER = 'http://127.0.0.1:9000';
const WORKFLOW = 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main';

/** The signers of the samples, as lines of a trust policy. */
export const SIGNERS = {
  key: '{ key: { file: KEYS/cosign.pub }, transparencyLog: not-required }',
  otherKey: '{ key: { file: KEYS/other.pub }, transparencyLog: not-required }',
  loggedKey: '{ key: { file: KEYS/cosign.pub }, transparencyLog: required, root: sigstore }',
  developer: `{ keyless: { root: sigstore, issuer: '${ISSUER}', identity: dev@example.test } }`,
  developerWithoutLog: `{ keyless: { root: sigstore, issuer: '${ISSUER}', identity: dev@example.test, transparencyLog: not-required } }`,
  developerWithoutProofs: `{ keyless: { root: sigstore, issuer: '${ISSUER}', identity: dev@example.test, transparencyLog: not-required, certificateTimestamp: not-required } }`,
  stranger: `{ keyless: { root: sigstore, issuer: '${ISSUER}', identity: ev@example.test } }`,
  workflow: `{ keyless: { root: sigstore, issuer: 'http://127.0.0.1:9001', identity: '${WORKFLOW}' } }`,
  workflowWithoutLog: `{ keyless: { root: sigstore, issuer: 'http://127.0.0.1:9001', identity: '${WORKFLOW}', transparencyLog: not-required } }`,
  ...notationSigners(),
} as const;

/** Those of notation-go, by the trust stores that the samples name. */
function notationSigners() {
  const identities = `['x509.subject: C=US, ST=WA, O=Acme']`;
  const acme = 'ca: [STORES/ca/acme/ca.crt]';
  return {
    notary: `{ notation: { ${acme}, identities: ${identities} } }`,
    notaryWithStamps: `{ notation: { ${acme}, tsa: [STORES/tsa/local/root.crt], identities: ${identities} } }`,
    otherNotary: `{ notation: { ${acme}, identities: ['x509.subject: C=US, ST=WA, O=Other'] } }`,
    selfSigned: `{ notation: { ca: [STORES/ca/self/self.crt], identities: ['*'] } }`,
  } as const;
}

/** Writes a trust policy for the samples and gives its path. */
export function writeSamplePolicy({ signer, root, attested }: SamplePolicy): string {
  const keys = corpusPath('signed-samples', 'keys') ?? '';
  const stores = corpusPath('signed-samples', 'notation', 'trust', 'truststore', 'x509') ?? '';
  const roots = root === undefined ? '{}' : `{ sigstore: { file: ${corpusPath('signed-samples', 'trust', root)} } }`;
  const leaf = attested === undefined ? '{ signedBy: author }' : `{ attestedBy: author, predicateType: ${attested} }`;
  const text = `version: 1
roots: ${roots}
signers: { author: ${signer.replace('KEYS', keys).replaceAll('STORES', stores)} }
images: [{ name: samples, repositories: ['demo/*'], require: ${leaf} }]
otherRepositories: refuse
`;
  return `${makeFolder({ 'policy.yaml': text })}/policy.yaml`;
}

/** `verify --json` of a layout folder by a sample policy. */
export async function verifyLayout(ref: string, policy: SamplePolicy) {
  const args = ['verify', `oci:${ref}`, '--policy', writeSamplePolicy(policy), '--scope', 'demo/app', '--json'];
  const { code, out, err } = await runCli(args);
  return { code, err, result: JSON.parse(out) };
}

const BUILDER =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0';

/** Writes a trust policy for the real image of the SLSA samples and gives its path. Without changes it is satisfied. */
export function writeBuilderPolicy({
  identity = BUILDER,
  predicateType = 'https://slsa.dev/provenance/v0.2',
  root = 'public-good.trusted_root.json',
} = {}): string {
  const text = `version: 1
roots: { sigstore: { file: ${corpusPath('sigstore-roots', root)} } }
signers:
  builder: { keyless: { root: sigstore, issuer: 'https://token.actions.githubusercontent.com', identity: '${identity}' } }
images: [{ name: built, repositories: ['**'], require: { attestedBy: builder, predicateType: '${predicateType}' } }]
otherRepositories: refuse
`;
  return `${makeFolder({ 'policy.yaml': text })}/policy.yaml`;
}
