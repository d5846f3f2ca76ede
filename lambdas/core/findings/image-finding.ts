import { partitionOf } from '../aws-names.ts';
import type { Reason } from '../errors.ts';
import { type ImageName, keyOf } from '../image-name.ts';
import type { Evidence } from '../trust/evidence.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { describePlans, listPlanFields, type PlanFacts } from './plan-text.ts';
import { fitText } from './text.ts';

/** What a finding about an image is made of. */
export interface ImageVerdictFacts extends ImageName {
  readonly state: 'verified' | 'unsigned' | 'invalid' | 'gone' | 'ignored';
  /** Unix milliseconds. */
  readonly firstSeenAt: number;
  readonly findingUpdatedAt: number;
  readonly tags: readonly string[];
  /** Tags that pointed to another digest before. */
  readonly tagMoves?: readonly { readonly tag: string; readonly from: string }[] | undefined;
  /** What is done about it. */
  readonly plans?: readonly PlanFacts[] | undefined;
  readonly policy: string | null;
  readonly policyHash: string;
  readonly evidence: readonly Evidence[];
  readonly reasons: readonly Reason[];
}

/** Most lines of evidence that go into a finding; the whole evidence is in the verdict. */
const MOST_EVIDENCE = 12;

/**
 * The finding about one image, as a function of its verdict alone: the same verdict gives the same finding. `verified` and `gone` close it (ARCHIVED), a fix that
 * was observed and a deletion; Security Hub itself sets a resolved workflow back to NEW when it opens again.
 */
export function describeImageFinding(facts: ImageVerdictFacts): AsffFinding {
  const wording = WORDINGS[facts.state];
  const name = `${facts.repository}@${facts.digest.slice(0, 19)}`;
  const [first] = facts.reasons;
  const plans = describePlans(facts.plans ?? []);
  return {
    ...findingBase(facts.account, facts.region),
    Id: `countersign/image/${keyOf(facts)}`,
    GeneratorId: 'countersign/image-signatures',
    CreatedAt: new Date(facts.firstSeenAt).toISOString(),
    UpdatedAt: new Date(facts.findingUpdatedAt).toISOString(),
    Title: fitText(wording.title(name), 256),
    // What an approval would do is never what is cut.
    Description: `${fitText(`${wording.description(facts, first?.message ?? '')}${describeMoves(facts)}`, 1024 - plans.length)}${plans}`,
    FindingProviderFields: {
      Severity: { Label: wording.severity, Original: facts.state },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/Container Image Signature'],
    },
    Remediation: { Recommendation: { Text: wording.advice } },
    ProductFields: describeFields(facts),
    Resources: [
      {
        Type: 'AwsEcrContainerImage',
        Id: `arn:${partitionOf(facts.region)}:ecr:${facts.region}:${facts.account}:repository/${facts.repository}/${facts.digest}`,
        Partition: partitionOf(facts.region),
        Region: facts.region,
        Details: {
          AwsEcrContainerImage: {
            RegistryId: facts.account,
            RepositoryName: facts.repository,
            ImageDigest: facts.digest,
            ImageTags: facts.tags.slice(0, 100),
          },
        },
      },
    ],
    Compliance: { Status: wording.compliance, ...describeStatus(facts) },
    RecordState: wording.record,
  };
}

/** A tag that is moved onto an image that does not pass is how a good image is replaced by another one. */
function describeMoves({ state, tagMoves = [] }: ImageVerdictFacts): string {
  const [last] = tagMoves.slice(-1);
  if (last === undefined || (state !== 'invalid' && state !== 'unsigned')) return '';
  return ` Its tag ${last.tag} pointed to ${last.from} before.`;
}

interface Wording {
  readonly severity: AsffFinding['FindingProviderFields']['Severity']['Label'];
  readonly compliance: AsffFinding['Compliance']['Status'];
  readonly record: AsffFinding['RecordState'];
  readonly advice: string;
  title(name: string): string;
  description(facts: ImageVerdictFacts, reason: string): string;
}

const WORDINGS: Readonly<Record<ImageVerdictFacts['state'], Wording>> = {
  invalid: {
    severity: 'HIGH',
    compliance: 'FAILED',
    record: 'ACTIVE',
    title: (name) => `Image ${name} carries a signature that does not hold`,
    description: ({ repository, policy }, reason) =>
      `An image in ${repository} has a signature or attestation, and none that the policy ${policy ?? '(none)'} accepts. ` +
      `Reason: ${reason} This is what a replaced, altered or foreign image looks like: until it is explained, treat what runs from it as not yours.`,
    advice:
      'Find out who pushed this digest (CloudTrail, PutImage) and from which pipeline. If it is yours, sign it with the identity that the policy names; the finding ' +
      'closes when the signature arrives. If it is not, stop what runs from it and delete the digest. If the policy is wrong, change it in the configuration and deploy.',
  },
  unsigned: {
    severity: 'MEDIUM',
    compliance: 'FAILED',
    record: 'ACTIVE',
    title: (name) => `Image ${name} has no signature`,
    description: ({ repository, policy }, reason) =>
      `An image was pushed to ${repository}, and within the grace time nothing was attached that fulfils the policy ${policy ?? '(none)'}. ` +
      `Reason: ${reason} Without a signature nobody can tell whether your pipeline built it or somebody with push rights did.`,
    advice:
      'Sign the digest with the identity that the policy names (for example with cosign sign); the finding closes when the signature arrives. If the image is not ' +
      'meant to be used, delete it. If this repository needs no signatures, say so in the trust policy and deploy.',
  },
  verified: {
    severity: 'INFORMATIONAL',
    compliance: 'PASSED',
    record: 'ARCHIVED',
    title: (name) => `Image ${name} is signed as the policy demands`,
    description: ({ repository }, reason) =>
      `The image in ${repository} is verified. ${reason} Every signature that counts was verified over exactly the digest that it names.`,
    advice: 'Nothing to do.',
  },
  gone: {
    severity: 'INFORMATIONAL',
    compliance: 'NOT_AVAILABLE',
    record: 'ARCHIVED',
    title: (name) => `Image ${name} was deleted`,
    description: ({ repository }) => `The image is no longer in ${repository}. What was found about it is closed.`,
    advice: 'Nothing to do. If the image had failed before, make sure that nothing still runs from it.',
  },
  ignored: {
    severity: 'INFORMATIONAL',
    compliance: 'NOT_AVAILABLE',
    record: 'ARCHIVED',
    title: (name) => `Image ${name} is not covered by the trust policy any more`,
    description: ({ repository }) =>
      `The trust policy that was deployed names no policy for ${repository} and ignores other repositories. What was found before is closed.`,
    advice: 'If this repository should be covered, name it in the trust policy and deploy.',
  },
};

function describeStatus({ reasons, state }: ImageVerdictFacts): Pick<AsffFinding['Compliance'], 'StatusReasons'> {
  if (state === 'verified' || state === 'gone' || state === 'ignored' || reasons.length === 0) return {};
  return {
    StatusReasons: reasons.slice(0, 20).map(({ code, message }) => ({
      ReasonCode:
        code
          .toUpperCase()
          .replace(/[^A-Z0-9]/g, '_')
          .slice(0, 100) || 'UNKNOWN',
      Description: fitText(message || code, 2048) || 'unknown',
    })),
  };
}

function describeFields(facts: ImageVerdictFacts): Record<string, string> {
  const fields: Record<string, string> = {
    'countersign/Verdict': facts.state,
    'countersign/Policy': fitText(facts.policy ?? '', 2048),
    'countersign/PolicyHash': facts.policyHash,
    ...(facts.tagMoves !== undefined && {
      'countersign/TagMoves': fitText(facts.tagMoves.map(({ tag, from }) => `${tag} from ${from}`).join(', '), 2048),
    }),
    ...listPlanFields(facts.plans ?? []),
    'countersign/Reasons': fitText(facts.reasons.map(({ code }) => code).join(' '), 2048),
  };
  for (const [index, evidence] of facts.evidence.slice(0, MOST_EVIDENCE).entries()) {
    fields[`countersign/Evidence/${String(index + 1).padStart(2, '0')}`] = fitText(describeEvidence(evidence), 2048);
  }
  const more = facts.evidence.length - MOST_EVIDENCE;
  if (more > 0) fields['countersign/EvidenceLeftOut'] = String(more);
  return fields;
}

/** One line of evidence in words: policy line, outcome, where the candidate was found, and the check that decided. */
export function describeEvidence(evidence: Evidence): string {
  const { policyLine, requirement, outcome, origin, checks, reason, signer } = evidence;
  const place = origin === undefined ? '' : ` by ${origin.kind} ${origin.tag ?? origin.manifest ?? ''}`;
  const deciding = checks.find(({ result }) => result === 'failed');
  const why = reason?.message ?? deciding?.detail ?? (signer === undefined ? '' : `signed by ${signer}`);
  return `${policyLine} (${requirement}): ${outcome}${place}${why === '' ? '' : `: ${why}`}`;
}
