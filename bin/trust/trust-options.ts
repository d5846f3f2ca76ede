/** The options that say whom to trust; the commands that judge take them all. Names are those of cosign and slsa-verifier where they do the same. */
export const TRUST_OPTIONS = {
  policy: { type: 'string' },
  'trusted-root': { type: 'string' },
  'notation-config': { type: 'string' },
  scope: { type: 'string' },
  key: { type: 'string', multiple: true },
  'insecure-ignore-tlog': { type: 'boolean' },
  'certificate-identity': { type: 'string' },
  'certificate-identity-regexp': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  'source-uri': { type: 'string' },
  'source-branch': { type: 'string' },
  'source-tag': { type: 'string' },
  'source-versioned-tag': { type: 'string' },
  'builder-id': { type: 'string' },
} as const;

export type TrustOptions = {
  readonly [Name in keyof typeof TRUST_OPTIONS]?:
    | ((typeof TRUST_OPTIONS)[Name] extends { multiple: true }
        ? readonly string[]
        : (typeof TRUST_OPTIONS)[Name] extends { type: 'boolean' }
          ? boolean
          : string)
    | undefined;
};

/** What slsa-verifier calls by these names. */
export const SLSA_FLAGS = ['source-uri', 'source-branch', 'source-tag', 'source-versioned-tag', 'builder-id'] as const;

/** What names signers without a policy. */
export const SIGNER_FLAGS = [
  'key',
  'certificate-identity',
  'certificate-identity-regexp',
  'certificate-oidc-issuer',
  'insecure-ignore-tlog',
] as const;

/** Which of some options are given. */
export function listGiven(
  options: TrustOptions,
  names: readonly (keyof TrustOptions)[],
): readonly (keyof TrustOptions)[] {
  return names.filter((name) => options[name] !== undefined);
}

/** The lines of help about them. */
export const TRUST_HELP = `  --policy FILE            the trust policy; the one that is deployed is named by images.trustPolicy in countersign.config.yaml
  --trusted-root FILE      a Sigstore trusted_root.json; with --policy it takes the place of every root that the policy names
  --notation-config DIR    instead: Notation's own configuration folder (trustpolicy.json, truststore/x509/TYPE/NAME/)
  --scope REPOSITORY       the repository by which the policy is to judge; needed for a layout, which has none.
                           production/app for --policy, registry.example/production/app for --notation-config

Without a policy, one signer of the image itself:
  --key FILE                           public key in PEM; given several times, one of them must have signed
  --insecure-ignore-tlog               with --key only: do not ask for a transparency log entry
  --certificate-identity ID            subject of the certificate, to the letter
  --certificate-identity-regexp RE     or an RE2 expression for the whole of it, anchored: ^...$
  --certificate-oidc-issuer URL        issuer of the certificate, to the letter

Or SLSA provenance, by slsa-verifier's flags. With --source-uri alone a builder of slsa-github-generator must have signed it; a key or an identity
given beside is who must have signed it instead:
  --source-uri URI                     the repository that was built: github.com/acme/app
  --source-branch NAME                 the branch that was built, or that the built tag was made on
  --source-tag NAME                    the tag that was built, to the letter
  --source-versioned-tag VERSION       a version, or its beginning, of which the built tag is one: v1.2 is met by v1.2.7
  --builder-id ID[@TAG]                the builder: any released version of it, or the one named
`;
