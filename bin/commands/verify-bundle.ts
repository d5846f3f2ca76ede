import { existsSync } from 'node:fs';
import { digestOf, hexOf, isDigest } from '../../lambdas/core/digest.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { verifyDigestWithKey } from '../../lambdas/core/signature/digest-signature.ts';
import type { Check } from '../../lambdas/core/signature/outcome.ts';
import type { Artifact } from '../../lambdas/core/signature/signed-content.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import { describeSigner, matchIdentity } from '../../lambdas/core/trust/match-identity.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import { describeResult } from '../output/describe-result.ts';
import { exitCodeOf, formatJson, type Result } from '../output/result.ts';
import { type ChosenTrust, chooseTrust } from './choose-trust.ts';
import { type Command, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign verify-bundle --bundle FILE --certificate-identity ID --certificate-oidc-issuer URL --trusted-root FILE FILE_OR_DIGEST
countersign verify-bundle --bundle FILE --key FILE (--trusted-root FILE | --insecure-ignore-tlog) FILE_OR_DIGEST

Tells whether a Sigstore bundle is a signature of the signer over a file. The command line of sigstore-conformance.

  --bundle FILE                    the bundle, JSON
  --certificate-identity ID        subject of the certificate, to the letter
  --certificate-oidc-issuer URL    issuer of the certificate, to the letter
  --key FILE                       or: the public key in PEM
  --insecure-ignore-tlog           with --key only: do not ask for a transparency log entry
  --trusted-root FILE              a Sigstore trusted_root.json; default: the file that COUNTERSIGN_TRUSTED_ROOT names
  --json                           one JSON object: verdict, digest, policy, evidence, reasons
  FILE_OR_DIGEST                   what is signed, or sha256:<64 hex digits> of it (P-256 signatures only)

Exit codes: 0 verified; 1 invalid; 2 wrong usage, key or root; 3 a file cannot be read; 70 a fault of countersign.
`;

const OPTIONS = {
  bundle: { type: 'string' },
  'certificate-identity': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  key: { type: 'string' },
  'insecure-ignore-tlog': { type: 'boolean' },
  'trusted-root': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** As `blobBytes` of an image's signatures. */
const LARGEST_BUNDLE = 16 * 1024 * 1024;
/** An artifact is held in memory; of a larger one the digest can be given. */
const LARGEST_ARTIFACT = 1024 * 1024 * 1024;

/** `countersign verify-bundle`: one bundle over one file, by the same engine as everything else. */
export const verifyBundle: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const target = takeOne(positionals, 'FILE_OR_DIGEST');
    if (values.bundle === undefined) throw new UsageError('--bundle is missing');
    const root = values['trusted-root'] ?? (io.environment.COUNTERSIGN_TRUSTED_ROOT || undefined);
    const trust = chooseTrust({ ...values, 'trusted-root': root });
    const bytes = readInput(values.bundle, LARGEST_BUNDLE);
    const artifact = readArtifact(target);
    const digest =
      'bytes' in artifact ? digestOf(artifact.bytes) : `sha256:${Buffer.from(artifact.sha256).toString('hex')}`;
    const result = judge(bytes, artifact, digest, trust);
    io.out(values.json === true ? formatJson(result) : describeResult(result, { name: target, judgedBy: trust.name }));
    return exitCodeOf(result.verdict);
  },
};

function judge(bytes: Uint8Array, artifact: Artifact, digest: string, { material }: ChosenTrust): Result {
  const [[name, verifier] = []] = material.verifiers;
  const signer = name === undefined ? undefined : material.policy.signers[name];
  if (verifier === undefined || verifier.kind === 'notation' || signer === undefined)
    throw new TypeError('no signer came of the command line');
  const base = {
    policyLine: 'command-line',
    requirement: 'keyless' in signer ? 'signed by the named identity' : 'signed by the given key',
    format: 'bundle',
    origin: { kind: 'file' },
  } as const;
  const outcome = verifySignature({ format: 'bundle', origin: { kind: 'file' }, bytes }, verifier, { artifact });
  if (!outcome.ok) {
    const { code, message, checks } = outcome;
    return refuse(digest, { ...base, outcome: 'failed', checks, reason: { code, message } });
  }
  const identity: Check =
    'keyless' in signer
      ? matchIdentity(outcome.signer, signer.keyless)
      : { check: 'identity', result: 'passed', detail: 'signed with the given key' };
  const evidence = { ...base, checks: [...outcome.checks, identity], signer: describeSigner(outcome.signer) };
  if (identity.result !== 'passed') {
    const reason = { code: 'identity-mismatch', message: identity.detail };
    return refuse(digest, { ...evidence, outcome: 'failed', reason });
  }
  const reasons = [{ code: 'policy-satisfied', message: 'The bundle is a signature of the signer over this file.' }];
  return {
    verdict: 'verified',
    digest,
    policy: 'command-line',
    evidence: [{ ...evidence, outcome: 'satisfied' }],
    reasons,
  };
}

function refuse(digest: string, evidence: Evidence): Result {
  const reasons = evidence.reason === undefined ? [] : [evidence.reason];
  return { verdict: 'invalid', digest, policy: 'command-line', evidence: [evidence], reasons };
}

/** What starts with `sha256:`, has 64 hex digits and is no file is a digest; everything else is a file (sigstore-conformance, docs/cli_protocol.md). */
function readArtifact(target: string): Artifact {
  const digest = target.toLowerCase();
  if (isDigest(digest) && !existsSync(target))
    return { sha256: Buffer.from(hexOf(digest), 'hex'), verifyDigest: verifyDigestWithKey };
  return { bytes: readInput(target, LARGEST_ARTIFACT) };
}

function readInput(path: string, largest: number): Uint8Array {
  try {
    return readBoundedBytes(path, largest);
  } catch (cause) {
    throw new UndecidedError('unreadable-file', messageOf(cause), { cause });
  }
}
