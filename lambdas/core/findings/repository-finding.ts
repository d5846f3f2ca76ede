import { partitionOf } from '../aws-names.ts';
import type { ImageName } from '../image-name.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { fitText } from './text.ts';

type RepositoryName = Omit<ImageName, 'digest'>;

/** What is so about the tags of a repository: they can be moved, they cannot any more, or the repository is gone or not covered any more. */
export type TagState = 'movable' | 'fixed' | 'gone';

/**
 * The finding about a repository whose tags can be moved: a verified image can be replaced under its tag, and whoever deploys by tag runs the other one. One for
 * each repository that the trust policy covers. `now` in Unix milliseconds.
 */
export function describeTagFinding(repository: RepositoryName, state: TagState, now: number): AsffFinding {
  const { account, region, repository: name } = repository;
  const at = new Date(now).toISOString();
  const { title, description, advice } = WORDINGS[state];
  const arn = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`;
  return {
    ...findingBase(account, region),
    Id: `countersign/repository/${account}/${region}/${name}/movable-tags`,
    GeneratorId: 'countersign/repository-tags',
    CreatedAt: at,
    UpdatedAt: at,
    Title: fitText(title(name), 256),
    Description: fitText(description(name), 1024),
    FindingProviderFields: {
      Severity: { Label: state === 'movable' ? 'LOW' : 'INFORMATIONAL', Original: state },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/Container Image Tags'],
    },
    Remediation: { Recommendation: { Text: advice } },
    ProductFields: {},
    Resources: [{ Type: 'AwsEcrRepository', Id: arn, Partition: partitionOf(region), Region: region }],
    Compliance: { Status: COMPLIANCE[state] },
    RecordState: state === 'movable' ? 'ACTIVE' : 'ARCHIVED',
  };
}

const COMPLIANCE = { movable: 'FAILED', fixed: 'PASSED', gone: 'NOT_AVAILABLE' } as const;

interface Wording {
  readonly advice: string;
  title(name: string): string;
  description(name: string): string;
}

const WORDINGS: Readonly<Record<TagState, Wording>> = {
  movable: {
    title: (name) => `Tags of ${name} can be moved to other images`,
    description: (name) =>
      `The trust policy covers ${name}, and its tags are mutable: a verified image can be replaced under its tag by another one, which is found out only after the push. ` +
      'Whoever deploys by tag meanwhile runs what nobody signed.',
    advice:
      'Make the tags immutable (aws ecr put-image-tag-mutability). If cosign keeps signatures under tags there, exclude them: IMMUTABLE_WITH_EXCLUSION with the ' +
      'filter sha256-*. The finding closes with the next hourly sweep.',
  },
  fixed: {
    title: (name) => `Tags of ${name} stay where they are`,
    description: (name) => `The tags of ${name} are immutable.`,
    advice: 'Nothing to do.',
  },
  gone: {
    title: (name) => `The tags of ${name} are not looked at any more`,
    description: (name) => `${name} was deleted, or the trust policy does not cover it any more.`,
    advice: 'Nothing to do.',
  },
};
