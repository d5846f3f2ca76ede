import { revocationPorts } from '../../lambdas/aws/revocation-ports.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { type Observation, verifyImage } from '../../lambdas/core/images/verify-image.ts';
import { type Described, describeResult } from '../output/describe-result.ts';
import { exitCodeOf, formatJson, type Result, undecided } from '../output/result.ts';
import { SourceError } from '../sources/errors.ts';
import { type OpenedSource, openSource } from '../sources/open-source.ts';
import { type ChosenTrust, chooseTrust } from './choose-trust.ts';
import { type Command, ConfigurationError, type Io, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign verify REF --policy FILE [--trusted-root FILE] [--scope REPOSITORY] [--json]
countersign verify REF --key FILE (--trusted-root FILE | --insecure-ignore-tlog) [--json]
countersign verify REF --certificate-identity ID --certificate-oidc-issuer URL --trusted-root FILE [--json]

Tells whether an image is signed as a trust policy, or the one signer that is named, wants it. Decided as the deployed functions decide.

  REF                    registry/repository:tag, registry/repository@sha256:..., oci:DIR, oci:DIR:tag, oci:DIR@sha256:...
  --policy FILE          the trust policy; the one that is deployed is named by images.trustPolicy in countersign.config.yaml
  --trusted-root FILE    a Sigstore trusted_root.json; with --policy it takes the place of every root that the policy names
  --scope REPOSITORY     the repository name by which the policy is to judge; needed for a layout, which has none
  --json                 one JSON object: verdict, digest, policy, evidence, reasons

A quick look at one signer, without a policy:
  --key FILE                           public key in PEM
  --insecure-ignore-tlog               with --key only: do not ask for a transparency log entry
  --certificate-identity ID            subject of the certificate, to the letter
  --certificate-identity-regexp RE     or an RE2 expression for the whole of it, anchored: ^...$
  --certificate-oidc-issuer URL        issuer of the certificate, to the letter

Exit codes: 0 verified; 1 unsigned or invalid; 2 wrong usage, policy, key or root; 3 could not decide (unreachable, not there,
covered by no policy); 70 a fault of countersign.
`;

const OPTIONS = {
  policy: { type: 'string' },
  'trusted-root': { type: 'string' },
  scope: { type: 'string' },
  json: { type: 'boolean' },
  key: { type: 'string' },
  'insecure-ignore-tlog': { type: 'boolean' },
  'certificate-identity': { type: 'string' },
  'certificate-identity-regexp': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
} as const;

/** `countersign verify`: one image, judged on the way that the deployed functions take. */
export const verify: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const ref = takeOne(positionals, 'REF');
    const trust = chooseTrust(values);
    const { scope } = values;
    if (scope !== undefined && !trust.byRepository) throw new UsageError('--scope goes with --policy');
    if (scope === undefined && trust.byRepository && ref.startsWith('oci:')) {
      throw new UsageError('a layout has no repository name: say with --scope by which one the policy is to judge');
    }
    const { result, ...described } = await look(ref, scope, trust, io);
    io.out(values.json === true ? formatJson(result) : describeResult(result, described));
    return exitCodeOf(result.verdict);
  },
};

async function look(
  ref: string,
  scope: string | undefined,
  { material, byRepository, name: judgedBy }: ChosenTrust,
  io: Io,
): Promise<Described & { readonly result: Result }> {
  const opened = await open(ref, io);
  if (!('source' in opened)) return { result: opened, name: ref, judgedBy };
  const { source, digest, name } = opened;
  const repository = byRepository ? (scope ?? opened.repository) : undefined;
  const notation = { revocation: revocationPorts(io.fetch ?? fetch, Date.now) };
  const image = { source, digest, repository: repository ?? '', material, limits: LIMITS, clock: Date.now, notation };
  return { result: toResult(await verifyImage(image), digest), name, judgedBy, repository };
}

/** Opens what is named; where it cannot be opened that is the result. Throws UsageError for what is no reference. */
async function open(ref: string, io: Io): Promise<OpenedSource | Result> {
  try {
    return await openSource(ref, { environment: io.environment, ...(io.fetch !== undefined && { fetch: io.fetch }) });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { code, message } = error;
    if (code === 'bad-reference' || code === 'ambiguous') throw new UsageError(message, { cause: error });
    if (code === 'bad-credentials') {
      throw new ConfigurationError([{ file: 'the Docker configuration', path: '', message }]);
    }
    return undecided({ code, message });
  }
}

function toResult(observation: Observation, digest: string): Result {
  switch (observation.kind) {
    case 'decided':
      return { digest, ...observation.decision };
    case 'gone':
      return {
        ...undecided({ code: 'not-found', message: 'The registry has no image with this digest.' }, digest),
        verdict: 'gone',
      };
    case 'ignored': {
      const message = 'No image policy names this repository, and the trust policy ignores such: nothing was verified.';
      return { ...undecided({ code: 'no-policy', message }, digest), verdict: 'ignored' };
    }
    case 'undecided':
      return undecided(observation.reason, digest);
  }
}
