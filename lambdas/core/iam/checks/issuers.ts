/** How far the subject claim of an issuer tells its tokens apart. */
export interface Issuer {
  readonly name: string;
  /** Whether a provider, as the end of its ARN names it (`token.actions.githubusercontent.com`), is this issuer. */
  readonly provider: RegExp;
  /** A shared issuer serves everybody: without its tenant anyone can get a token. One of one's own (a cluster, an organisation) names the tenant in its address. */
  readonly shared: boolean;
  /** Claims that tell tokens apart, each with the forms of a value whose tenant, and whose workload, is fixed. Matched against the text in front of the first wildcard. */
  readonly claims: Readonly<Record<string, ClaimForms>>;
}

export interface ClaimForms {
  readonly tenant: RegExp;
  readonly workload: RegExp;
}

/** Ends the text of a value without wildcard, so that a form can ask for the end of the value. No claim contains it. */
export const END = '\n';

const ONE_VALUE = /^[^\n]+\n$/;

/**
 * Issuers whose subjects are known. Sources: GitHub docs "OpenID Connect reference" (since 15 July 2026 with `@` and immutable ids behind owner and
 * repository); GitLab docs "ID token payload"; HCP Terraform docs "Workload identity tokens"; Buildkite docs "OIDC"; CircleCI docs "OIDC tokens"; Bitbucket
 * docs "Integrate Pipelines with resource servers using OIDC"; Vercel docs "OIDC federation reference"; EKS User Guide "IAM roles for service accounts";
 * IAM User Guide "Available keys for AWS OIDC federation".
 */
export const ISSUERS: readonly Issuer[] = [
  {
    name: 'GitHub Actions',
    provider: /^token\.actions\.githubusercontent\.com(?:\/|$)/,
    shared: true,
    claims: {
      sub: {
        tenant:
          /^(?:(?:repo|repository|job_workflow_ref|workflow_ref):[^/@:]+[/@]|(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+[:\n])/,
        workload:
          /^(?:(?:repo|repository):[^/:]+\/[^/:@]+[:@\n]|(?:job_workflow_ref|workflow_ref):[^/:]+\/[^/:@]+\/|(?:.*:)?repository_id:[^:]+[:\n])/,
      },
      repository: { tenant: /^[^/]+\//, workload: /^[^/]+\/[^/]+\n$/ },
      repository_id: { tenant: ONE_VALUE, workload: ONE_VALUE },
      job_workflow_ref: { tenant: /^[^/]+\//, workload: /^[^/]+\/[^/]+\// },
      enterprise_id: { tenant: ONE_VALUE, workload: /$^/ },
    },
  },
  {
    name: 'GitLab.com',
    provider: /^gitlab\.com$/,
    shared: true,
    claims: { sub: { tenant: /^project_path:[^/:]+\//, workload: /^project_path:[^/:]+\/[^:]+[:\n]/ } },
  },
  {
    name: 'HCP Terraform',
    provider: /^app\.terraform\.io$/,
    shared: true,
    claims: {
      sub: {
        tenant: /^organization:[^:]+[:\n]/,
        workload: /^organization:[^:]+:project:[^:]+:workspace:[^:]+[:\n]/,
      },
    },
  },
  {
    name: 'Buildkite',
    provider: /^agent\.buildkite\.com$/,
    shared: true,
    claims: {
      sub: { tenant: /^organization:[^:]+[:\n]/, workload: /^organization:[^:]+:pipeline:[^:]+[:\n]/ },
    },
  },
  {
    name: 'Vercel',
    provider: /^oidc\.vercel\.com$/,
    shared: true,
    claims: { sub: { tenant: /^owner:[^:]+[:\n]/, workload: /^owner:[^:]+:project:[^:]+[:\n]/ } },
  },
  {
    name: 'Google',
    provider: /^accounts\.google\.com$/,
    shared: true,
    claims: { sub: { tenant: ONE_VALUE, workload: ONE_VALUE } },
  },
  {
    name: 'CircleCI',
    provider: /^oidc\.circleci\.com\/org\/[^/]+$/,
    shared: false,
    claims: { sub: { tenant: /^/, workload: /^org\/[^/]+\/project\/[^/]+[/\n]/ } },
  },
  {
    name: 'Bitbucket Pipelines',
    provider: /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/,
    shared: false,
    claims: { sub: { tenant: /^/, workload: /^\{[^}]+\}[:\n]/ } },
  },
  {
    name: 'an EKS cluster',
    provider: /^oidc\.eks\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\/id\/[^/]+$/,
    shared: false,
    claims: { sub: { tenant: /^/, workload: /^system:serviceaccount:[^:]+:[^:]+\n$/ } },
  },
];

/** Of an issuer that is not known, only a whole subject says who it is. */
export const UNKNOWN_ISSUER: Omit<Issuer, 'name' | 'provider'> = {
  shared: true,
  claims: { sub: { tenant: /^[^\n]/, workload: ONE_VALUE } },
};
