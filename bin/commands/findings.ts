import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { EXIT } from '../exit-codes.ts';
import { describeFinding, findingAsData } from '../findings/describe-finding.ts';
import { filtersOf, isNeed, isShownState, KINDS, NEEDS, SHOWN_STATES } from '../findings/filters.ts';
import { openHub, readPages } from '../findings/read-hub.ts';
import { toSafeJson } from '../output/visible.ts';
import { type Command, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const HELP = `countersign findings [--kind KIND]... [--state STATE] [--needs NEED] [--resource ARN] [--region REGION] [--json]

Lists what Security Hub holds of Countersign. Changes nothing.

  --kind KIND      only of this kind; may be repeated: ${Object.keys(KINDS).join(', ')}
  --state STATE    ${SHOWN_STATES.join(', ')}; default: open, which is active and neither resolved nor suppressed
  --needs NEED     those whose plan needs a person: ${NEEDS.join(', ')}
  --resource ARN   those about a resource whose ARN begins so
  --region REGION  default: AWS_REGION, AWS_DEFAULT_REGION
  --json           a JSON object on a line for each finding

Needs securityhub:GetFindings.

Exit codes: 0 listed, also where there are none; 2 wrong usage; 3 Security Hub could not be asked; 70 a fault of countersign.
`;

const OPTIONS = {
  kind: { type: 'string', multiple: true },
  state: { type: 'string' },
  needs: { type: 'string' },
  resource: { type: 'string' },
  region: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `countersign findings`: what Security Hub holds of ours. */
export const findings: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return EXIT.yes;
    }
    if (positionals.length > 0) throw new UsageError('findings takes options only');
    const { state = 'open', needs, resource, kind = [] } = values;
    if (!isShownState(state)) throw unknown('state', state, SHOWN_STATES);
    if (needs !== undefined && !isNeed(needs)) throw unknown('need', needs, NEEDS);
    const generators = kind.flatMap((one) => {
      const known = Object.hasOwn(KINDS, one) ? KINDS[one] : undefined;
      if (known === undefined) throw unknown('kind', one, Object.keys(KINDS));
      return known;
    });
    const client = await openHub(values.region, io);
    // Told at the end: a list that broke off must not look like a whole one.
    const found: AwsSecurityFinding[] = [];
    for await (const page of readPages(client, filtersOf({ generators, state, needs, resource }))) found.push(...page);
    const newestFirst = found.toSorted((a, b) => (b.UpdatedAt ?? '').localeCompare(a.UpdatedAt ?? ''));
    for (const one of newestFirst) {
      io.out(values.json === true ? `${toSafeJson(findingAsData(one))}\n` : describeFinding(one));
    }
    return EXIT.yes;
  },
};

function unknown(what: string, text: string, known: readonly string[]): UsageError {
  const nearest = findNearest(text, known);
  return new UsageError(
    `there is no ${what} ${text}; ${nearest === undefined ? `there are: ${known.join(', ')}` : `did you mean ${nearest}?`}`,
  );
}
