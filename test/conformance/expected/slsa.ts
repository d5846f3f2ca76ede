import type { Material, Row } from './row.ts';

const BY = 'bundle:sigstore-roots/public-good.trusted_root.json';
const ROOT_WITHIN =
  'it brings the root certificate along, which sigstore-conformance wants refused (bundle-with-root-cert_fail)';

const names = (version: string) =>
  ['push-v13.0.30', 'push-v14', 'push-v14.2', 'workflow_dispatch'].map((run) => {
    const jsonl = version === 'v1.8.0' && /13|14\.2/.test(run);
    return `container-based/${version}/binary-linux-amd64-${run}.intoto.${jsonl ? 'jsonl' : 'build.slsa'}`;
  });

const oldNames = [
  'gha_container-based-binary-linux-amd64-v13.0.30',
  'gha_container-based-binary-linux-amd64-v14',
  'gha_container-based-binary-linux-amd64-v14.2',
  'binary-linux-amd64-workflow_dispatch',
];

/** Each file of npm holds two attestations: that of the publication by npm's key, and the provenance. */
const npm = (name: string, expected: string, because: string): readonly Row[] => [
  {
    file: `npm/gha/${name}.tgz.json`,
    by: `npm:0`,
    expected: 'wrong-material',
    because: "npm's own attestation of the publication is by npm's key, and a certificate is demanded",
  },
  { file: `npm/gha/${name}.tgz.json`, by: `npm:1`, expected, because },
];

export const SLSA: readonly Row[] = [
  ...['v1.8.0', 'v1.9.0', 'v1.10.0', 'v2.0.0', 'v2.1.0'].flatMap((version) =>
    names(version).map((file) => ({
      file,
      by: BY,
      expected: 'verified',
      because: 'provenance of the container-based builder about the file beside it',
    })),
  ),
  ...oldNames.map((name) => ({
    file: `container-based/v1.7.0/${name}.intoto.sigstore`,
    by: BY,
    expected: 'untrusted-certificate',
    because: ROOT_WITHIN,
  })),
  ...['gundam-visor-cli-v1-tag', 'provenance-npm-test-cli-v1-prega'].flatMap((name) => [
    ...npm(name, 'verified', 'provenance about the package'),
    ...npm(`${name}-invalidsigpub`, 'verified', 'only the attestation of the publication was altered'),
    ...npm(`${name}-invalidsigprov`, 'log-entry-mismatch', 'the provenance was altered: the log has another payload'),
  ]),
  ...['provenance-npm-test-cli-v02-prega', 'provenance-npm-test-ossf', 'supreme-googles-cli-v02-tag'].flatMap((name) =>
    ['', '-invalidsigpub', '-invalidsigprov'].flatMap((variant) =>
      npm(`${name}${variant}`, 'untrusted-certificate', ROOT_WITHIN),
    ),
  ),
];

export const SLSA_MATERIAL: readonly Material[] = [
  { files: /^container-based\/v[\d.]+\/(?!.*\.intoto\.)[\w.-]+$/, because: 'the file that was built' },
  { files: /^npm\/gha\/[\w.-]+\.tgz$/, because: 'the package' },
  {
    files: /^oci-layouts-v2\.1\.0\/container_workflow_dispatch(\.digest$|\/)/,
    because:
      'one image in an OCI layout, decided as a whole in test/cli/verify-samples.test.ts and test/cli/verify-slsa.test.ts',
  },
];
