import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { parsePublicKeyPem } from '../../lambdas/core/signature/keys.ts';
import type { TrustPolicy } from '../../lambdas/core/trust/policy.ts';
import { readBounded, readTrustPolicy } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible } from '../output/visible.ts';
import { fetchKmsPublicKey } from '../sources/kms-public-key.ts';
import { type Command, ConfigurationError, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const DEFAULT = 'trust-policy.yaml';

const HELP = `countersign trust pin [SIGNER...] [--policy FILE] [--replace]
countersign trust test FILE (countersign trust test --help)

Writes the public half of each KMS key that a trust policy names (signers.SIGNER.key.kms) to the file it names beside it (key.file), so that nothing asks
KMS while an image is verified. Needs AWS credentials with kms:GetPublicKey. A file that holds another key is left as it is, unless --replace.

  SIGNER         default: every signer with a KMS key
  --policy FILE  default: ${DEFAULT} in this folder
  --replace      take the key that KMS has now; whoever reviews the change sees the new fingerprint

Exit codes: 0 every file holds the key that KMS has; 1 a file holds another one; 2 wrong usage or policy; 3 KMS could not be asked;
70 a fault of countersign.
`;

/** `countersign trust pin`. */
export const trust: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, {
      policy: { type: 'string' },
      replace: { type: 'boolean' },
    } as const);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const [action, ...names] = positionals;
    if (action !== 'pin') throw new UsageError('trust what? There are: trust pin, trust test');
    const path = values.policy ?? DEFAULT;
    const policy = readTrustPolicy(path);
    if (!policy.ok) throw new ConfigurationError(policy.problems);
    let code: ExitCode = EXIT.yes;
    for (const pin of findPins(policy.policy, names)) {
      const pem = await fetchKmsPublicKey(pin.kms);
      if (!writePin({ ...pin, file: resolve(dirname(path), pin.file) }, pem, values.replace === true, io))
        code = EXIT.no;
    }
    return code;
  },
};

interface Pin {
  readonly signer: string;
  readonly kms: string;
  readonly file: string;
}

function findPins({ signers }: TrustPolicy, names: readonly string[]): readonly Pin[] {
  const pins = Object.entries(signers).flatMap(([signer, one]) =>
    'key' in one && one.key.kms !== undefined ? [{ signer, kms: one.key.kms, file: one.key.file }] : [],
  );
  const known = pins.map(({ signer }) => signer);
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = findNearest(name, known);
    throw new UsageError(
      `no signer ${name} with a KMS key is in the policy${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
    );
  }
  if (pins.length === 0) throw new UsageError('the policy names no KMS key (signers.SIGNER.key.kms)');
  return names.length === 0 ? pins : pins.filter(({ signer }) => names.includes(signer));
}

/** Whether the file holds the key of KMS in the end. */
function writePin({ signer, file }: Pin, pem: string, replace: boolean, io: Io): boolean {
  const say = (text: string) => io.out(`${makeVisible(`${signer}: ${text}`)}\n`);
  const now = fingerprint(pem);
  if (!existsSync(file)) {
    write(file, pem);
    say(`pinned ${now} in ${file}`);
    return true;
  }
  const pinned = fingerprintOfFile(file);
  if (pinned === now) {
    say(`unchanged ${now} in ${file}`);
    return true;
  }
  if (!replace) {
    say(`OTHER KEY: KMS has ${now}, ${file} has ${pinned}; nothing was written, --replace takes the new one`);
    return false;
  }
  write(file, pem);
  say(`replaced ${pinned} by ${now} in ${file}`);
  return true;
}

/** The sha256 of the key's SPKI, which is what other tools print for a public key. */
function fingerprint(pem: string): string {
  const der = parsePublicKeyPem(pem).export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

function fingerprintOfFile(file: string): string {
  try {
    return fingerprint(readBounded(file));
  } catch (error) {
    return `something that is no public key (${messageOf(error)})`;
  }
}

function write(file: string, pem: string): void {
  try {
    writeFileSync(file, pem);
  } catch (cause) {
    throw new UndecidedError('unwritable-file', messageOf(cause), { cause });
  }
}
