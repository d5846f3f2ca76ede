import { approveState } from '../baselines/approve-state.ts';
import { captureBaselines } from '../baselines/capture-baselines.ts';
import { ACCOUNT_OPTIONS } from '../baselines/choose-account.ts';
import { diffBaselines } from '../baselines/diff-baselines.ts';
import { publishBaselines } from '../baselines/publish-baselines.ts';
import { signBaselines } from '../baselines/sign-baselines.ts';
import { verifyBaselines } from '../baselines/verify-baselines.ts';
import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const HELP = `countersign baseline capture DIR [SOURCE] [--valid-for 90d]
countersign baseline diff DIR [SOURCE] [--json]
countersign baseline sign DIR --key FILE | --kms ARN | --bundle FILE | --statements DIR
countersign baseline verify DIR --policy FILE [--json]
countersign baseline approve DIR --arn ARN --reason TEXT --valid-for 7d --key FILE | --kms ARN [SOURCE]
countersign baseline publish DIR --policy FILE --bucket NAME | --config FILE

The signed desired state of IAM: one file for each role, user, group and customer managed policy, made to be reviewed in Git. What only AWS changes
(service-linked roles, roles of Identity Center, policies of AWS) has none.

  capture  writes a file for each; one that means the same is left as it is, one that differs gets the next version
  diff     tells in what the state differs from the files, entry by entry, and what each difference does to access
  sign     appends a signed in-toto statement for each file that has none of its version by this key
  verify   tells whether each is signed as the trust policy wants it (baselines), and is what the file says. Offline
  approve  appends a countersignature over the state that is there now, for a time: the baseline stays as it is
  publish  verifies and writes to a versioned S3 bucket; refuses whatever is older than what is there

SOURCE, where the state is taken from; default: the live account (iam:GetAccountAuthorizationDetails)
  --account FILE           what aws iam get-account-authorization-details prints
  --template FILE          a synthesized CloudFormation template in JSON, with --account-id; --region and --partition where it asks for them
  --stack-resources FILE   what aws cloudformation list-stack-resources prints: the names that CloudFormation gave
  --terraform FILE         what terraform show -json prints

Options of sign
  --key FILE               a private key in PEM without a passphrase
  --kms ARN                a key of AWS KMS
  --bundle FILE            a Sigstore bundle that somebody else made over one of the statements, as of cosign attest-blob --statement
  --statements DIR         sign nothing: write the statements, to be signed elsewhere

  --config FILE            for verify and publish: the configuration, whose trust policy and bucket are taken
  --valid-for DURATION     when what is captured ends: 90d. Default: with the next version

Exit codes: 0 yes (nothing differs, all is signed, all is published); 1 no; 2 wrong usage, policy or key; 3 could not decide (unreadable, or known only
after a deployment); 70 a fault of countersign.
`;

const OPTIONS = {
  ...ACCOUNT_OPTIONS,
  'valid-for': { type: 'string' },
  policy: { type: 'string' },
  config: { type: 'string' },
  arn: { type: 'string' },
  reason: { type: 'string' },
  'trusted-root': { type: 'string' },
  key: { type: 'string' },
  kms: { type: 'string' },
  bundle: { type: 'string' },
  statements: { type: 'string' },
  bucket: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export type BaselineOptions = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

const SOURCE = Object.keys(ACCOUNT_OPTIONS);
const ACTIONS = {
  capture: { run: captureBaselines, options: [...SOURCE, 'valid-for'] },
  diff: { run: diffBaselines, options: [...SOURCE, 'json'] },
  sign: { run: signBaselines, options: ['key', 'kms', 'bundle', 'statements'] },
  verify: { run: verifyBaselines, options: ['policy', 'config', 'trusted-root', 'json'] },
  approve: { run: approveState, options: [...SOURCE, 'arn', 'reason', 'valid-for', 'key', 'kms'] },
  publish: { run: publishBaselines, options: ['policy', 'config', 'trusted-root', 'bucket', 'region'] },
} as const;

/** `countersign baseline`. */
export const baseline: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const [name = '', folder, ...others] = positionals;
    const action = Object.entries(ACTIONS).find(([known]) => known === name)?.[1];
    if (action === undefined)
      throw new UsageError(
        `there is no baseline ${name || 'without an action'}; there are: ${Object.keys(ACTIONS).join(', ')}`,
      );
    if (folder === undefined) throw new UsageError('DIR is missing');
    if (others.length > 0) throw new UsageError('one DIR is taken');
    const strange = Object.keys(values).find((option) => !action.options.some((known) => known === option));
    if (strange !== undefined) throw new UsageError(`baseline ${name} takes no --${strange}`);
    return await action.run(folder, values, io);
  },
};
