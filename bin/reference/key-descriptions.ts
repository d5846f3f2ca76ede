/**
 * What each key of the two documents means, for editors and for docs/configuration.md. They stand here and not in the schemas because those go into every
 * function, which shows nobody a hint. `NAME` stands for a name that the author chooses, `[]` for an item of a list.
 */
export type KeyDescriptions = Readonly<Record<string, string>>;

export const CONFIG_KEYS: KeyDescriptions = {
  version: 'Version of this form.',
  images: 'The verification of pushed images.',
  'images.mode':
    'What the verification itself does: `observe`, a finding and nothing more. What may be done about an image is `images.quarantine`. No default.',
  'images.grace':
    'How long a pushed image may stay without a signature before it counts as unsigned, 1 second to 24 hours: `90s`, `10m`, `2h`, `1d`. Images are signed after they are pushed.',
  'images.trustPolicy': 'The trust policy, a path relative to this file.',
  'images.quarantine':
    'What may be done about images that fail their policy (docs/quarantine.md). Absent: nothing, and no function that could change anything is deployed.',
  'images.quarantine.policies':
    'By the name of the image policy in the trust policy. A policy that is not named has no quarantine.',
  'images.quarantine.policies.NAME.mode':
    '`observe` shows in the finding what would be done, `approve` waits for an operator, `enforce` does it at once. No default.',
  'images.quarantine.policies.NAME.upTo':
    'How far it may go: `tag` marks the image, `archive` also makes it impossible to pull, `delete` also offers its deletion, always to an operator.',
  'images.quarantine.protectedRepositories':
    'Repositories whose images are never touched. `*` stands for a part of one path segment, `**` for any number of segments.',
  'images.quarantine.limits':
    'How many images may be changed within an hour. What comes after that waits for an operator.',
  'images.quarantine.limits.perPolicyAndHour': 'By all that one image policy asks for.',
  'images.quarantine.limits.perRepositoryAndHour': 'In one repository.',
  'images.quarantine.notPulledFor':
    'An image that was pulled more recently than this counts as in use: `7d`. Absent: only running tasks and functions count.',
  iam: 'What is done about changes of IAM. Without it IAM is left alone.',
  'iam.mode':
    'What may be done about drift. `observe`: a finding that shows the plan. `approve`: the plan waits for an operator. `enforce`: it is carried out. What only takes access away, and what many principals hold, waits for an operator also then. No default.',
  'iam.protected':
    'ARNs of principals and policies that are never changed, with `*` and `?` as IAM has them: break-glass roles, the deployer. The executor has no right to change them.',
  'iam.limits': 'How much may be put right without anybody looking.',
  'iam.limits.perHour': 'Plans that may be begun within an hour.',
  'iam.limits.mostHolders': 'A change of a managed policy that more principals than this hold waits for an operator.',
  'iam.baselines': 'Where the signed baselines are.',
  'iam.baselines.bucket':
    'The versioned S3 bucket that `countersign baseline publish` writes to. Who may sign baselines stands in the trust policy.',
  'iam.checks':
    'Ways into the account that the hourly sweep tells of, one finding for each principal and check. Nothing is changed for them. The same before a deployment: `countersign iam check`.',
  'iam.checks.trust':
    'Trust without condition in other accounts, identity providers (OIDC, SAML), Roles Anywhere, and services that can be made to act for others. Default: true.',
  'iam.checks.escalation': 'Who is no administrator and can come by all rights of the account. Default: true.',
  'iam.checks.credentials':
    'Root user, MFA, age and use of passwords and keys, by the credential report of IAM. Security Hub has some of these as controls of its own (IAM.3, IAM.5, IAM.8): switch off what you do not want twice. Default: true.',
  'iam.checks.ownAccounts':
    'Accounts of your organization, which are trusted without an external id. The account itself always is.',
  'iam.checks.oldestKey': 'Age from which an access key is told of. Default: `90d`.',
  'iam.checks.longestUnused': 'Time without use from which a password or key is told of. Default: `45d`.',
  'iam.deploymentWait':
    'How long a change that CloudFormation made may be incomplete before it is judged, at most `15m`; one that adds an escalation path is not waited for. Default: `5m`.',
  'iam.heartbeat':
    'A change of IAM that Countersign plants itself, a policy that gives nothing on a role that nobody can assume, to see whether it becomes a finding.',
  'iam.heartbeat.enabled': 'Default: true.',
  'iam.heartbeat.every': 'How often a change is planted. Default: `1d`.',
  'iam.heartbeat.within':
    'How long its report may take before a finding and an alarm say that changes are not seen. Default: `30m`.',
  'iam.globalAlarms':
    'Who is told when events of IAM cannot be handed to the hub: those alarms are in us-east-1, and a topic has to be there too. Default: as `alarms`.',
  'iam.globalAlarms.email': 'An email address. The stack makes an SNS topic, and AWS asks the address to confirm.',
  'iam.globalAlarms.topicArn': 'An SNS topic that is there already.',
  guardDuty:
    'What is done about findings of Amazon GuardDuty (docs/guardduty.md). Without it they are left alone. Our word stands beside the finding that Security Hub holds.',
  'guardDuty.mode':
    '`observe`: each finding is judged, and what follows from it is told. Nothing is changed. No default.',
  'guardDuty.leastConfidence':
    'What GuardDuty itself gives a lower confidence than this, 0 to 100, is set aside. Default: 50.',
  'guardDuty.containment':
    'What may be done about credentials in foreign hands. Without it nobody is contained, and nothing that could is deployed.',
  'guardDuty.containment.credentials': 'Access keys of users, and sessions of roles.',
  'guardDuty.containment.credentials.mode':
    '`observe`: the plan is shown. `approve`: it waits for an operator. `enforce`: it is carried out. No default.',
  'guardDuty.containment.credentials.expires':
    'How long a containment lasts, unless an operator extends it or takes it back: 1 minute to 30 days. Default: `60m`.',
  'guardDuty.containment.credentials.sessions':
    '`one`: of a role the session that GuardDuty names. `all`: every session that was issued before. Default: `one`.',
  'guardDuty.containment.protected':
    'ARNs of users and roles that are never contained, with `*` and `?`: break-glass users, the deployer. Those under `iam.protected` are not, either.',
  'guardDuty.containment.limits': 'Bounds of the blast radius.',
  'guardDuty.containment.limits.perHour': 'How many containments may be begun within an hour, 1 to 1000.',
  config:
    'What is done about results of AWS Config rules (docs/config.md). Without it they are left alone. Our word stands beside the finding that Security Hub holds; only where it holds none there is one of ours.',
  'config.mode':
    '`observe`: each result is told with the requirements that its rule serves. Nothing is changed. No default.',
  'config.evaluations':
    'Shows our own verdicts in AWS Config, as custom rules: `countersign-image-signatures`, and where IAM is watched `countersign-iam-baseline` and `countersign-oidc-trust`. AWS Config has to record in the region. Default: false.',
  'config.playbooks':
    'What is done about faults that Config finds, by kind (docs/playbooks.md). One that is not named is left alone.',
  'config.playbooks.NAME.mode':
    '`observe`: the plan is shown beside the finding. `approve`: it waits for an operator. `enforce`: it is carried out. No default.',
  'config.limits': 'Bounds of what playbooks may change. Needed with `playbooks`.',
  'config.limits.perHour': 'Plans of one playbook that may be begun within an hour.',
  'config.protected': 'ARNs of resources that no playbook changes, with `*` and `?`. Default: none.',
  'config.ownerTags':
    'Tags by which Terraform marks what it holds: such a resource gets its fix as a proposal, as do those of CloudFormation, which are known by its own tags. Default: none.',
  'config.ownerTags[].key': 'Key of the tag.',
  'config.ownerTags[].value': 'Its value. Default: any.',
  securityHub: 'What the stack makes in Security Hub itself (docs/security-hub.md).',
  'securityHub.insights':
    'One insight for each question that an analyst asks. An account has room for 100 of them. Default: true.',
  alarms: 'Who is told when the service itself needs help. Either of two forms.',
  'alarms.email': 'An email address. The stack makes an SNS topic, and AWS asks the address to confirm.',
  'alarms.topicArn': 'An SNS topic that is there already.',
  logs: 'What the functions log.',
  'logs.retentionDays': 'Days for which logs are kept.',
};

const REFERENCE = 'A name under `roots`.';

export const POLICY_KEYS: KeyDescriptions = {
  version: 'Version of this form.',
  roots:
    'Trusted roots by a name of your choice: certificate authorities, logs and time stamping authorities of one Sigstore.',
  'roots.NAME.file': 'A Sigstore `trusted_root.json`, a path relative to this file. With `tuf` the one to begin with.',
  'roots.NAME.tuf':
    'Newer versions of the root are fetched every 6 hours, by a function of its own, and verified offline before each use. Without it the root changes by a deployment only.',
  'roots.NAME.tuf.mirror':
    'Address of the TUF repository: `https://tuf-repo-cdn.sigstore.dev`. https only, redirects are refused.',
  'roots.NAME.tuf.initialRoot':
    'A `root.json` of the repository, a path relative to this file. It is the authority: nothing is accepted that does not follow from its keys.',
  'roots.NAME.tuf.target': 'Name of the trusted root among the targets of the repository.',
  'roots.NAME.tuf.maxStale':
    'How long the stored root may be past the expiry of its metadata until a finding says so: `14d`. It stays in use: an old root is no reason to verify nothing.',
  signers: 'Who may sign, by a name of your choice: a public key or a certificate identity.',
  'signers.NAME.key': 'A public key that signs.',
  'signers.NAME.key.file':
    'The public key in PEM (P-256, P-384, P-521, Ed25519, RSA of 2048 bits and more), a path relative to this file.',
  'signers.NAME.key.kms':
    'ARN of the KMS key whose public half the file holds. `countersign trust pin` writes it; KMS is not asked while an image is verified.',
  'signers.NAME.transparencyLog':
    'Whether the signature has to be in a transparency log of `root`. No default: a key without a log leaves no public trace.',
  'signers.NAME.root': `${REFERENCE} Needed where the log is required.`,
  'signers.NAME.keyless': 'A short-lived certificate of Fulcio, by the identity in it.',
  'signers.NAME.keyless.root': REFERENCE,
  'signers.NAME.keyless.issuer': 'OIDC issuer in the certificate, to the letter.',
  'signers.NAME.keyless.identity':
    'The one subject alternative name of the certificate, to the letter; what is written like a URI must be one. This or `identityRegex`.',
  'signers.NAME.keyless.identityRegex':
    'An RE2 expression for the whole subject alternative name, anchored: `^...$`. This or `identity`.',
  'signers.NAME.keyless.claims':
    'Claims of the certificate that must be equal to the letter. Prefer ids: names can be given to somebody else.',
  'signers.NAME.keyless.claims.buildSignerUri': 'Workflow that signed (1.3.6.1.4.1.57264.1.9).',
  'signers.NAME.keyless.claims.buildSignerDigest': 'Commit of the workflow that signed (.10).',
  'signers.NAME.keyless.claims.runnerEnvironment': 'Where it ran: `github-hosted` or `self-hosted` (.11).',
  'signers.NAME.keyless.claims.sourceRepositoryUri': 'Repository that was built (.12).',
  'signers.NAME.keyless.claims.sourceRepositoryDigest': 'Commit that was built (.13).',
  'signers.NAME.keyless.claims.sourceRepositoryRef': 'Ref that was built: `refs/heads/main` (.14).',
  'signers.NAME.keyless.claims.sourceRepositoryId': 'Immutable id of the repository (.15).',
  'signers.NAME.keyless.claims.sourceRepositoryOwnerUri': 'Owner of the repository (.16).',
  'signers.NAME.keyless.claims.sourceRepositoryOwnerId': 'Immutable id of the owner (.17).',
  'signers.NAME.keyless.claims.buildConfigUri': 'Workflow that was started (.18).',
  'signers.NAME.keyless.claims.buildConfigDigest': 'Commit of the workflow that was started (.19).',
  'signers.NAME.keyless.claims.buildTrigger': 'Event that started it: `push` (.20).',
  'signers.NAME.keyless.claims.runInvocationUri': 'The one run (.21).',
  'signers.NAME.keyless.claims.sourceRepositoryVisibility': '`public` or `private` when it signed (.22).',
  'signers.NAME.keyless.claims.deploymentEnvironment': 'Deployment environment of the job (.23).',
  'signers.NAME.keyless.claims.tokenSubject': 'Subject of the OIDC token (.24).',
  'signers.NAME.keyless.transparencyLog': 'Whether the signature has to be in a transparency log of the root.',
  'signers.NAME.keyless.certificateTimestamp':
    'Whether the certificate has to prove that it is in a certificate log of the root.',
  'signers.NAME.github': 'A workflow of GitHub Actions.',
  'signers.NAME.github.root': REFERENCE,
  'signers.NAME.github.repository': 'The repository that is built: `acme/app`.',
  'signers.NAME.github.workflow':
    'File of the workflow in `.github/workflows`, or a reusable one: `acme/ci/.github/workflows/build.yml`.',
  'signers.NAME.github.workflowRef': 'Ref of the workflow that signs, where it is not the ref that is built.',
  'signers.NAME.github.ref': 'Ref that is built: `refs/heads/main`. Any, where it is not given.',
  'signers.NAME.github.repositoryId': 'Immutable id of the repository.',
  'signers.NAME.github.ownerId': 'Immutable id of the owner: keeps out whoever takes the name over.',
  'signers.NAME.github.environment': 'Deployment environment of the job.',
  'signers.NAME.github.trigger': 'Event that starts it: `push`.',
  'signers.NAME.github.runner': 'Where it runs.',
  'signers.NAME.gitlab': 'A pipeline of GitLab CI/CD.',
  'signers.NAME.gitlab.root': REFERENCE,
  'signers.NAME.gitlab.host': 'Host of the GitLab instance.',
  'signers.NAME.gitlab.project': 'Path of the project: `acme/team/app`.',
  'signers.NAME.gitlab.config': 'Path of the pipeline configuration.',
  'signers.NAME.gitlab.ref': 'Ref that is built: `refs/heads/main`. Any, where it is not given.',
  'signers.NAME.gitlab.projectId': 'Immutable id of the project.',
  'signers.NAME.gitlab.environment': 'Deployment environment of the job.',
  'signers.NAME.gitlab.runner': 'Where it runs.',
  'signers.NAME.notation': 'A Notary Project signer (Notation, AWS Signer), verified at level strict.',
  'signers.NAME.notation.ca': 'Certificates in PEM of the `ca` trust store, paths relative to this file.',
  'signers.NAME.notation.signingAuthority':
    'Certificates in PEM of the `signingAuthority` trust store: those of AWS Signer, for example.',
  'signers.NAME.notation.tsa': 'Certificates in PEM of the `tsa` trust store: time stamping authorities.',
  'signers.NAME.notation.identities':
    'Who may sign: `x509.subject: C=US, ST=WA, O=Acme`, or the ARN of a signing profile (or profile version) of AWS Signer.',
  'signers.NAME.notation.revocation':
    'Whether a certificate whose revocation cannot be asked for keeps the image undecided. A revoked one is refused in either case.',
  'signers.NAME.buildkite': 'A pipeline of Buildkite.',
  'signers.NAME.buildkite.root': REFERENCE,
  'signers.NAME.buildkite.organization': 'Slug of the organization.',
  'signers.NAME.buildkite.pipeline': 'Slug of the pipeline.',
  'signers.NAME.google': 'A service account or a person of Google.',
  'signers.NAME.google.root': REFERENCE,
  'signers.NAME.google.email': 'The email address.',
  'signers.NAME.spiffe': 'A workload, as a private Fulcio certifies it.',
  'signers.NAME.spiffe.root': REFERENCE,
  'signers.NAME.spiffe.issuer': 'OIDC issuer in the certificate, to the letter.',
  'signers.NAME.spiffe.id': 'The SPIFFE id: `spiffe://acme.example/release`.',
  images: 'Which images need what. For a repository the first policy decides one of whose patterns fits.',
  'images[].name': 'Name of the policy, in verdicts and findings.',
  'images[].repositories':
    'ECR repository names or patterns: `*` stands for any characters within a path segment, `**` for any number of segments.',
  'images[].require': 'What an image must have: a requirement.',
  'images[].platformImages':
    'The images that an index lists, one for each platform. `covered`: a verified index verifies them. `signed`: each has to fulfil the requirement itself.',
  'images[].exceptions': 'Signed exceptions for single images. None hold where this is not given.',
  'images[].exceptions.approvedBy':
    'The signer whose attestation of type `urn:countersign:exception:v1` on an image excepts it.',
  'images[].exceptions.longest': 'How long an exception may last: `7d`.',
  baselines:
    'Whose signature makes the desired state of IAM. For an ARN the first entry with a fitting pattern decides.',
  'baselines[].name': 'A name of your choice.',
  'baselines[].resources':
    'ARNs of principals and customer managed policies, or patterns: `arn:aws:iam::111122223333:role/**`. `*` stands for any characters between slashes, `**` for any number of segments.',
  'baselines[].require': 'Who has to have signed a baseline: a requirement of `signedBy`, `all`, `any` and `atLeast`.',
  'baselines[].approvals':
    'Signed approvals of a state that differs from its baseline. None hold where this is not given.',
  'baselines[].approvals.require': 'Who has to have signed an approval: a requirement as for baselines.',
  'baselines[].approvals.longest': 'How long an approval may last: `30d`.',
  otherRepositories:
    'What holds for a repository that no policy names: `ignore` leaves it alone, `refuse` makes its images invalid. No default.',
  'requirement.signedBy': 'The image itself is signed by this signer.',
  'requirement.attestedBy': 'This signer states something about the image.',
  'requirement.predicateType': 'What is stated, by its type, to the letter.',
  'requirement.provenance': 'SLSA provenance, v0.2 or v1. Each line that is given must hold.',
  'requirement.provenance.builder':
    "The builder's id to the letter; without its `@refs/tags/...` where `builderVersion` is given.",
  'requirement.provenance.builderVersion': 'Versions of the builder by the tag in its id: `>=2.0.0 <3.0.0`.',
  'requirement.provenance.buildType': 'The build type, to the letter.',
  'requirement.provenance.source': 'The repository that was built: `github.com/acme/app`.',
  'requirement.provenance.ref': 'The ref that was built, to the letter. One of `ref`, `branch`, `tag`, `versionedTag`.',
  'requirement.provenance.branch': 'The branch that was built.',
  'requirement.provenance.tag': 'The tag that was built.',
  'requirement.provenance.versionedTag':
    'A version tag, met by itself and by all that are more exact: `v1.2` by `v1.2.7`.',
  'requirement.provenance.trigger': 'The event that started the build.',
  'requirement.provenance.inputs': 'Inputs of the build, to the letter. Others may be there too.',
  'requirement.summary': 'A verification summary (SLSA): somebody else has verified, and signed that.',
  'requirement.summary.verifier': 'Id of the verifier, to the letter.',
  'requirement.summary.resourceUri': 'URI of the resource, to the letter.',
  'requirement.summary.levels': 'Levels that were verified. A SLSA build level is met by a higher one.',
  'requirement.condition': 'A CEL expression over `predicate` and `predicateType` that must be true.',
  'requirement.all': 'Every one of these requirements.',
  'requirement.any': 'At least one of these requirements.',
  'requirement.atLeast': 'How many of the requirements under `of`, each fulfilled by somebody else.',
  'requirement.of': 'The requirements that are counted.',
};

export const TRUST_TEST_KEYS: KeyDescriptions = {
  version: 'Version of this form.',
  policy: 'The trust policy by which the cases are judged, a path relative to this file. This or `notationConfig`.',
  trustedRoot: 'A Sigstore `trusted_root.json` that takes the place of every root that the policy names.',
  notationConfig: "Instead: Notation's own configuration folder, a path relative to this file.",
  cases: 'What is expected. A case has one of `image`, `layout` and `bundle`.',
  'cases[].name': 'What the case is about, for people. No two are the same.',
  'cases[].image': 'An image in a registry: `registry/repository:tag` or `registry/repository@sha256:...`.',
  'cases[].layout': 'An image in an OCI layout folder: `DIR`, `DIR:tag` or `DIR@sha256:...`, relative to this file.',
  'cases[].bundle':
    'One Sigstore bundle or Notary Project envelope, judged as if nothing else were attached to the image `digest`.',
  'cases[].digest': 'The digest of the image that the bundle is about.',
  'cases[].index': 'A digest or tag of an index in the same place, whose signatures count where it lists the image.',
  'cases[].scope':
    'The repository by which the policy judges: `production/app`, with `notationConfig` with its registry. For an image the default is its own.',
  'cases[].expect':
    'The verdict: `verified`, `unsigned`, `invalid`, `error` (undecided), `gone` (no such image), `ignored` (no policy covers the repository).',
  'cases[].reason': 'A reason code that has to be among those of the verdict or its evidence.',
};
