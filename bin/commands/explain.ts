import * as z from 'zod';
import { messageOf } from '../../lambdas/core/errors.ts';
import { evidenceSchema } from '../../lambdas/core/trust/evidence.ts';
import type { Requirement } from '../../lambdas/core/trust/requirement.ts';
import { readBounded } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { advise } from '../explain/advice.ts';
import { describeTree } from '../explain/describe-tree.ts';
import { growEvidenceTree } from '../explain/evidence-tree.ts';
import { type Judged, judgeImage } from '../judge/judge-image.ts';
import { exitCodeOf, type Result } from '../output/result.ts';
import { toSafeJson } from '../output/visible.ts';
import { type ChosenTrust, chooseTrust, isMaterial } from '../trust/choose-trust.ts';
import { listGiven, TRUST_HELP, TRUST_OPTIONS, type TrustOptions } from '../trust/trust-options.ts';
import { type Command, ConfigurationError, type Io, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign explain REF --policy FILE [--scope REPOSITORY] [--index DIGEST_OR_TAG] [--json]
countersign explain --verdict FILE [--json]

Verifies an image as countersign verify does, and shows why: the verdict and what to do first, then each line of the policy with the signatures that were
tried for it and every check. With --verdict it shows what countersign verify --json has printed before, or a verdict of the service.

  REF                      registry/repository:tag, registry/repository@sha256:..., oci:DIR, oci:DIR:tag, oci:DIR@sha256:...
  --verdict FILE           instead: a verdict that was saved. Nothing is verified, so the exit code is never 0
  --index DIGEST_OR_TAG    an index in the same place: where it is verified and lists the image, it covers it
  --json                   one JSON object: verdict, digest, policy, reasons, next, tree
${TRUST_HELP}
Exit codes: 0 verified; 1 unsigned or invalid; 2 wrong usage, policy, key, root or verdict; 3 could not decide, or a saved verdict that says verified;
70 a fault of countersign.
`;

const OPTIONS = {
  ...TRUST_OPTIONS,
  index: { type: 'string' },
  verdict: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `countersign explain`: the evidence of a verdict as a tree. */
export const explain: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const { verdict, json = false, index } = values;
    if (verdict !== undefined) return explainSaved(verdict, positionals, { ...values, index }, json, io);
    const ref = takeOne(positionals, 'REF');
    const trust = chooseTrust(values);
    const judged = await judgeImage({ ref, scope: values.scope, index }, trust, io);
    show(judged, findRequirement(judged, trust), json, io);
    return exitCodeOf(judged.result.verdict);
  },
};

function explainSaved(
  file: string,
  positionals: readonly string[],
  options: TrustOptions & { readonly index?: string | undefined },
  json: boolean,
  io: Io,
): ExitCode {
  const [trust] = listGiven(options, Object.keys(TRUST_OPTIONS).filter(isTrustOption));
  if (positionals.length > 0 || options.index !== undefined || trust !== undefined) {
    throw new UsageError(
      `--verdict shows a saved verdict: ${trust === undefined ? 'REF' : `--${trust}`} does not go with it`,
    );
  }
  const result = readSaved(file);
  show({ result, described: { name: result.digest ?? file, judgedBy: `saved in ${file}` } }, undefined, json, io);
  const code = exitCodeOf(result.verdict);
  return code === EXIT.yes ? EXIT.undecided : code;
}

function isTrustOption(name: string): name is keyof typeof TRUST_OPTIONS {
  return Object.hasOwn(TRUST_OPTIONS, name);
}

const text = z.string().max(4096);
const VERDICTS = ['verified', 'unsigned', 'invalid', 'error', 'gone', 'ignored'] as const;
const content = {
  digest: text.nullable(),
  policy: text.nullable(),
  evidence: z.array(evidenceSchema).max(2000),
  reasons: z.array(z.object({ code: text, message: text })).max(200),
};
/** What the service still waits for is not decided. */
const PENDING = { code: 'pending', message: 'The grace for a signature to arrive is not over.' };
/** As the command line prints it, or as the service keeps it (`state`). */
const savedSchema = z.union([
  z.object({ verdict: z.enum(VERDICTS), ...content }),
  z.object({ state: z.enum([...VERDICTS, 'pending']), ...content }).transform(({ state, ...rest }): Result => {
    if (state !== 'pending') return { ...rest, verdict: state };
    return { ...rest, verdict: 'error', reasons: [PENDING, ...rest.reasons] };
  }),
]);

/** Throws ConfigurationError. */
function readSaved(file: string): Result {
  try {
    return savedSchema.parse(JSON.parse(readBounded(file)));
  } catch (error) {
    const message =
      error instanceof z.ZodError
        ? 'neither what countersign verify --json prints nor a verdict of the service'
        : messageOf(error);
    throw new ConfigurationError([{ file, path: '', message }]);
  }
}

/** What the policy that decided requires, which tells how many parts an `atLeast` wants. */
function findRequirement({ result, described }: Judged, trust: ChosenTrust): Requirement | undefined {
  const material = trust.materialFor(described.repository ?? '');
  if (!isMaterial(material)) return undefined;
  return material.policy.images.find(({ name }) => name === result.policy)?.require;
}

function show({ result, described }: Judged, requirement: Requirement | undefined, json: boolean, io: Io): void {
  const tree = growEvidenceTree(result.evidence, requirement);
  const { verdict, digest, policy, reasons } = result;
  io.out(
    json
      ? `${toSafeJson({ verdict, digest, policy, reasons, next: advise(result), tree })}\n`
      : describeTree(result, tree, described, io.colours ?? false),
  );
}
