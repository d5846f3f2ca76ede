/** What one of our own rules serves. */
interface OwnRule {
  /** Managed Config rules that ask the same of the same thing: their requirements are ours. */
  readonly sameAs: readonly string[];
  /** Requirements that no Config rule has, judged by us from what the requirement asks for. */
  readonly serves: Readonly<Record<string, readonly string[]>>;
}

/**
 * Our own rules, by the GeneratorId of their findings. Findings about the service itself (`service-health`, `iam-heartbeat`) speak of no requirement and are not here.
 * Sources of `serves`: NIST SP 800-53 revision 5, catalogue of controls (CM-14 signed components, SI-7(15) code authentication, CM-5 access restrictions for change,
 * CM-3 change control, AC-2 and AC-6 accounts and least privilege, AC-20 external systems, IA-5 authenticators, IA-8 non-organizational users, IA-9 services);
 * PCI DSS 4.0, 7.2.1, 7.2.2, 7.2.5 (access by need), 8.3.x, 8.4.x (factors); GDPR, Art. 25 and 32.
 */
export const OWN_RULES: Readonly<Record<string, OwnRule>> = {
  'countersign/image-signatures': {
    sameAs: [],
    serves: { 'nist-800-53-r5': ['CM-14', 'SI-7', 'SI-7(1)', 'SI-7(6)', 'SI-7(15)', 'SR-4(3)'], gdpr: ['Art. 32'] },
  },
  'countersign/repository-tags': { sameAs: ['ecr-private-tag-immutability-enabled'], serves: {} },
  'countersign/iam-baseline': {
    sameAs: [],
    serves: {
      'nist-800-53-r5': ['AC-2', 'AC-3', 'AC-6', 'CM-2', 'CM-3', 'CM-5', 'CM-6'],
      'pci-dss-4.0': ['7.2.1', '7.2.2', '7.2.5'],
      gdpr: ['Art. 25', 'Art. 32'],
    },
  },
  'countersign/iam-check/oidc-trust': trustOfOthers('IA-8', 'IA-9'),
  'countersign/iam-check/saml-trust': trustOfOthers('IA-8'),
  'countersign/iam-check/roles-anywhere-trust': trustOfOthers('IA-5(2)', 'IA-9'),
  'countersign/iam-check/account-trust': trustOfOthers('AC-20'),
  'countersign/iam-check/service-trust': trustOfOthers('IA-9'),
  'countersign/iam-check/root-credentials': {
    sameAs: ['iam-root-access-key-check', 'root-account-mfa-enabled'],
    serves: {},
  },
  'countersign/iam-check/console-mfa': { sameAs: ['mfa-enabled-for-iam-console-access'], serves: {} },
  'countersign/iam-check/access-key-age': { sameAs: ['access-keys-rotated'], serves: {} },
  'countersign/iam-check/unused-credentials': { sameAs: ['iam-user-unused-credentials-check'], serves: {} },
  'countersign/iam-check/escalation-path': {
    sameAs: [],
    serves: { 'nist-800-53-r5': ['AC-5', 'AC-6', 'AC-6(10)'], 'pci-dss-4.0': ['7.2.1', '7.2.2'], gdpr: ['Art. 25'] },
  },
};

function trustOfOthers(...more: readonly string[]): OwnRule {
  return {
    sameAs: [],
    serves: {
      'nist-800-53-r5': ['AC-3', 'AC-6', ...more],
      'pci-dss-4.0': ['7.2.1', '7.2.5'],
      gdpr: ['Art. 25', 'Art. 32'],
    },
  };
}
