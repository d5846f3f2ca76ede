import { messageOf } from '../../lambdas/core/errors.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import { judgeBundle } from '../judge/judge-bundle.ts';
import { judgeCandidateFile } from '../judge/judge-candidate-file.ts';
import { LARGEST_ARTIFACT, LARGEST_BUNDLE, readTarget } from '../judge/signed-file.ts';
import { describeResult } from '../output/describe-result.ts';
import { exitCodeOf, formatJson } from '../output/result.ts';
import { chooseTrust } from '../trust/choose-trust.ts';
import { loadQuickTrust } from '../trust/quick-trust.ts';
import { TRUST_OPTIONS, type TrustOptions } from '../trust/trust-options.ts';
import { type Command, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign verify-bundle --bundle FILE --certificate-identity ID --certificate-oidc-issuer URL --trusted-root FILE FILE_OR_DIGEST
countersign verify-bundle --bundle FILE --key FILE (--trusted-root FILE | --insecure-ignore-tlog) FILE_OR_DIGEST
countersign verify-bundle --bundle FILE --source-uri URI [--source-tag TAG] [--builder-id ID] --trusted-root FILE FILE_OR_DIGEST
countersign verify-bundle --bundle FILE --notation-config DIR --scope REGISTRY/REPOSITORY FILE_OR_DIGEST

Tells whether a Sigstore bundle is a signature of the signer over a file, or SLSA provenance of it, or whether a Notary Project signature envelope is one over
an image's manifest. The command line of sigstore-conformance.

  --bundle FILE                        the bundle, JSON; with --notation-config the envelope, JWS or COSE
  --certificate-identity ID            subject of the certificate, to the letter
  --certificate-identity-regexp RE     or an RE2 expression for the whole of it, anchored: ^...$
  --certificate-oidc-issuer URL        issuer of the certificate, to the letter
  --key FILE                           or: the public key in PEM; given several times, one of them must have signed
  --insecure-ignore-tlog               with --key only: do not ask for a transparency log entry
  --trusted-root FILE                  a Sigstore trusted_root.json; default: the file that COUNTERSIGN_TRUSTED_ROOT names
  --source-uri, --source-branch, --source-tag, --source-versioned-tag, --builder-id
                                       SLSA provenance, by slsa-verifier's flags: countersign verify --help
  --notation-config DIR                or: Notation's own configuration folder, with the repository that the signature is for:
  --scope REGISTRY/REPOSITORY
  --json                               one JSON object: verdict, digest, policy, evidence, reasons
  FILE_OR_DIGEST                       what is signed, or sha256:<64 hex digits> of it (not for every signature)

Exit codes: 0 verified; 1 invalid; 2 wrong usage, key or root; 3 could not decide: a file cannot be read, a revocation cannot be asked for;
70 a fault of countersign.
`;

const { policy: _policy, ...WITHOUT_POLICY } = TRUST_OPTIONS;
const OPTIONS = { ...WITHOUT_POLICY, bundle: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `countersign verify-bundle`: one bundle or envelope over one file, by the same engine as everything else. */
export const verifyBundle: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const name = takeOne(positionals, 'FILE_OR_DIGEST');
    if (values.bundle === undefined) throw new UsageError('--bundle is missing');
    const { result, judgedBy } = await judge(values, values.bundle, name, io);
    io.out(values.json === true ? formatJson(result) : describeResult(result, { name, judgedBy }));
    return exitCodeOf(result.verdict);
  },
};

async function judge(options: TrustOptions, bundle: string, name: string, io: Io) {
  if (options['notation-config'] !== undefined) {
    const { scope } = options;
    if (scope === undefined)
      throw new UsageError('--notation-config needs --scope: the repository that was signed for');
    const trust = chooseTrust(options);
    const { digest, artifact } = readTarget(name, (path) => readInput(path, LARGEST_ARTIFACT));
    const subject = { digest, repository: scope, ...('bytes' in artifact && { manifest: artifact.bytes }) };
    const bytes = readInput(bundle, LARGEST_BUNDLE);
    const result = await judgeCandidateFile(bytes, subject, trust.materialFor(scope), io);
    return { result, judgedBy: trust.name };
  }
  if (options.scope !== undefined) throw new UsageError('--scope goes with --notation-config');
  const root = options['trusted-root'] ?? (io.environment.COUNTERSIGN_TRUSTED_ROOT || undefined);
  const { material } = loadQuickTrust({ ...options, 'trusted-root': root }, 'file');
  const target = readTarget(name, (path) => readInput(path, LARGEST_ARTIFACT));
  return { result: judgeBundle(readInput(bundle, LARGEST_BUNDLE), target, material), judgedBy: 'the options given' };
}

function readInput(path: string, largest: number): Uint8Array {
  try {
    return readBoundedBytes(path, largest);
  } catch (cause) {
    throw new UndecidedError('unreadable-file', messageOf(cause), { cause });
  }
}
