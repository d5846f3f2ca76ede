import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { canonicalize } from '../../lambdas/core/canonical-json.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { placeBaseline } from '../../lambdas/core/iam/baseline/name-baseline.ts';
import { readSignedLines } from '../../lambdas/core/iam/baseline/signed-lines.ts';
import { BASELINE_TYPE, describeBaseline } from '../../lambdas/core/iam/baseline/statement.ts';
import { readClaimedStatement } from '../../lambdas/core/signature/claimed-type.ts';
import { prepareStatement, writeKeyBundle } from '../../lambdas/core/signature/key-bundle.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';
import { readBounded } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible } from '../output/visible.ts';
import { appendSigned, type BaselineFile, readBaselines } from './folder.ts';
import { chooseKey, type SigningKey } from './signing-key.ts';

/** `countersign baseline sign`: appends signed statements, or writes them for somebody else to sign. */
export async function signBaselines(folder: string, options: BaselineOptions, io: Io): Promise<ExitCode> {
  const ways = (['key', 'kms', 'bundle', 'statements'] as const).filter((way) => options[way] !== undefined);
  if (ways.length !== 1) throw new UsageError('give one of --key, --kms, --bundle and --statements');
  const files = readBaselines(folder);
  if (options.statements !== undefined) return writeStatements(files, options.statements, io);
  if (options.bundle !== undefined) return takeBundle(files, options.bundle, io);
  return await signAll(folder, files, await chooseKey(options, io), io);
}

async function signAll(folder: string, files: readonly BaselineFile[], key: SigningKey, io: Io): Promise<ExitCode> {
  let signed = 0;
  for (const file of files) {
    if (isSignedWith(file, key)) continue;
    const statement = describeBaseline(file.predicate);
    const signature = await key.sign(prepareStatement(statement));
    appendSigned(file, writeKeyBundle(statement, signature, key.hint));
    signed += 1;
    io.out(`${makeVisible(`signed v${file.predicate.version}  ${relative(folder, file.path)}`)}\n`);
  }
  io.out(`${signed} signed, ${files.length - signed} already were\n`);
  return EXIT.yes;
}

/** By the hint in the bundle, which proves nothing: at worst a line is there twice. */
function isSignedWith({ predicate, signed = '' }: BaselineFile, { hint }: SigningKey): boolean {
  const wanted = canonicalize(predicate);
  return signed.split('\n').some((line) => {
    const [candidate] = readSignedLines(line) ?? [];
    const statement = candidate && readClaimedStatement(candidate);
    const isSame = statement?.predicateType === BASELINE_TYPE && canonicalize(statement.predicate) === wanted;
    return isSame && line.includes(JSON.stringify({ hint }));
  });
}

function writeStatements(files: readonly BaselineFile[], into: string, io: Io): ExitCode {
  for (const { predicate } of files) {
    const path = join(into, `${placeBaseline(predicate.state.arn)}.statement.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, describeBaseline(predicate));
  }
  io.out(`${files.length} statements are in ${makeVisible(into)}; nothing is signed\n`);
  return EXIT.yes;
}

/** Puts a bundle that somebody else made where it belongs. Whether it is any good is for `verify` to say. */
function takeBundle(files: readonly BaselineFile[], path: string, io: Io): ExitCode {
  const line = readOneLine(path);
  const [candidate, ...others] = readSignedLines(line) ?? [];
  const statement = candidate && others.length === 0 ? readClaimedStatement(candidate) : undefined;
  if (statement?.predicateType !== BASELINE_TYPE) {
    throw new UndecidedError('no-statement', `${path} holds no statement of type ${BASELINE_TYPE}`);
  }
  const claimed = canonicalize(statement.predicate);
  const file = files.find(({ predicate }) => canonicalize(predicate) === claimed);
  if (file === undefined) {
    throw new UndecidedError(
      'other-state',
      `what ${path} signs is no baseline of this folder, or another version of one`,
    );
  }
  if (file.signed?.includes(line) !== true) appendSigned(file, line);
  io.out(`${makeVisible(`signed v${file.predicate.version}  ${file.path}`)}\n`);
  return EXIT.yes;
}

/** A bundle in one line, as the file of signed statements has it. */
function readOneLine(path: string): string {
  try {
    return JSON.stringify(JSON.parse(readBounded(path)));
  } catch (cause) {
    throw new UndecidedError('unreadable-file', `${path}: ${messageOf(cause)}`, { cause });
  }
}
