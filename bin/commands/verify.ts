import { judgeImage } from '../judge/judge-image.ts';
import { describeResult } from '../output/describe-result.ts';
import { exitCodeOf, formatJson } from '../output/result.ts';
import { chooseTrust } from '../trust/choose-trust.ts';
import { TRUST_HELP, TRUST_OPTIONS } from '../trust/trust-options.ts';
import type { Command } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign verify REF --policy FILE [--trusted-root FILE] [--scope REPOSITORY] [--index DIGEST_OR_TAG] [--json]
countersign verify REF --notation-config DIR [--scope REGISTRY/REPOSITORY] [--json]
countersign verify REF --key FILE (--trusted-root FILE | --insecure-ignore-tlog) [--json]
countersign verify REF --certificate-identity ID --certificate-oidc-issuer URL --trusted-root FILE [--json]
countersign verify REF --source-uri URI [--source-tag TAG] [--builder-id ID] --trusted-root FILE [--json]

Tells whether an image is signed as a trust policy, or the one signer that is named, wants it. Decided as the deployed functions decide.

  REF                      registry/repository:tag, registry/repository@sha256:..., oci:DIR, oci:DIR:tag, oci:DIR@sha256:...
  --index DIGEST_OR_TAG    an index in the same place: where it is verified and lists the image, it covers it
  --json                   one JSON object: verdict, digest, policy, evidence, reasons
${TRUST_HELP}
Exit codes: 0 verified; 1 unsigned or invalid; 2 wrong usage, policy, key or root; 3 could not decide (unreachable, not there,
covered by no policy); 70 a fault of countersign.
`;

const OPTIONS = { ...TRUST_OPTIONS, index: { type: 'string' }, json: { type: 'boolean' } } as const;

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
    const { scope, index } = values;
    const { result, described } = await judgeImage({ ref, scope, index }, trust, io);
    io.out(values.json === true ? formatJson(result) : describeResult(result, described));
    return exitCodeOf(result.verdict);
  },
};
