import type { Difference } from '../baseline/compare-states.ts';
import { isAwsQuarantine } from './out-of-reach.ts';

/** Puts the verdicts on parts of one state together. What cannot be told counts as wider, and stays visible. */
export function combineVerdicts(differences: readonly Difference[]): Difference['verdict'] {
  const verdicts = differences.map(({ verdict }) => verdict);
  const [first = 'unknown'] = verdicts;
  if (verdicts.includes('unknown')) return 'unknown';
  return verdicts.every((verdict) => verdict === first) ? first : 'incomparable';
}

/** One line for each difference, in words; what AWS did in an incident first. */
export function describeDifferences(differences: readonly Difference[]): readonly string[] {
  const incident = differences.some(isAwsQuarantine)
    ? ['AWS attached its quarantine policy: it takes a credential of this principal for compromised']
    : [];
  return [...incident, ...differences.map(describeDifference)];
}

function describeDifference({ part, name = '', change, verdict, because = [] }: Difference): string {
  const place = `${NAMES[part]}${name === '' ? '' : ` ${name}`}`;
  const why = because
    .slice(0, 2)
    .map(({ message }) => message.replace(/\.$/, ''))
    .join('; ');
  return `${place} was ${change}, which is ${WORDS[verdict]}${why === '' ? '' : ` (${why})`}`;
}

const NAMES: Readonly<Record<Difference['part'], string>> = {
  existence: 'the principal',
  'unique-id': 'the unique id',
  trust: 'the trust policy',
  document: 'the document in force',
  inline: 'inline policy',
  attached: 'attachment of',
  boundary: 'the permissions boundary',
  group: 'membership in group',
  tag: 'tag',
  'instance-profile': 'instance profile',
  'max-session': 'the longest session',
  'access-key': 'access key',
  'ssh-key': 'SSH key',
  'service-credential': 'credential for a service',
  'signing-certificate': 'signing certificate',
  password: 'the password for the console',
  'mfa-device': 'MFA device',
};

const WORDS: Readonly<Record<Difference['verdict'], string>> = {
  narrower: 'narrower',
  wider: 'wider',
  incomparable: 'both wider and narrower',
  unknown: 'possibly wider',
};
