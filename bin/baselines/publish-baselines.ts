import { S3Client } from '@aws-sdk/client-s3';
import { BaselineStore, BaselineStoreError } from '../../lambdas/aws/baseline-store.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { mergeSignedLines } from '../../lambdas/core/iam/baseline/merge-lines.ts';
import { verifyBaseline } from '../../lambdas/core/iam/baseline/verify-baseline.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import { ConfigurationError, type Io, UndecidedError, UsageError } from '../commands/command.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible } from '../output/visible.ts';
import { type BaselineFile, readBaselines } from './folder.ts';
import { chooseBaselineTrust, verifyFile } from './verify-baselines.ts';

/** `countersign baseline publish`: verified statements to the bucket, never anything older than what is there. All are verified before one is written. */
export async function publishBaselines(folder: string, options: BaselineOptions, io: Io): Promise<ExitCode> {
  const bucket = chooseBucket(options);
  const material = chooseBaselineTrust(options);
  const now = io.clock?.() ?? Date.now();
  const files = readBaselines(folder);
  const unsigned = files.map((file) => verifyFile(file, material, now)).filter(({ standing }) => standing !== 'signed');
  for (const { arn, standing, reason } of unsigned) io.err(`${makeVisible(`${standing}  ${arn}: ${reason ?? ''}`)}\n`);
  if (unsigned.length > 0) return EXIT.no;
  const s3 = io.aws?.s3 ?? new S3Client(options.region === undefined ? {} : { region: options.region });
  const store = new BaselineStore(s3, bucket);
  let code: ExitCode = EXIT.yes;
  await reach(() => store.checkVersioning());
  for (const file of files) {
    const outcome = await reach(() => publishOne(store, file, material, now));
    io.out(`${makeVisible(`${outcome}  ${file.predicate.state.arn}`)}\n`);
    if (outcome !== 'published' && outcome !== 'unchanged') code = EXIT.no;
  }
  return code;
}

/** The bucket that is named, or that of the configuration. Throws UsageError and ConfigurationError. */
function chooseBucket({ bucket, config }: BaselineOptions): string {
  if (bucket !== undefined) return bucket;
  if (config === undefined)
    throw new UsageError('--bucket is missing, or --config that names one (iam.baselines.bucket)');
  const loaded = loadConfiguration(config);
  if (!loaded.ok) throw new ConfigurationError(loaded.problems);
  if (loaded.config.iam === undefined) throw new UsageError(`${config} names no bucket (iam.baselines.bucket)`);
  return loaded.config.iam.baselines.bucket;
}

async function publishOne(
  store: BaselineStore,
  file: BaselineFile,
  material: TrustMaterial,
  now: number,
): Promise<string> {
  const { arn } = file.predicate.state;
  const own = file.signed ?? '';
  const former = await store.read(arn);
  const theirs = former && verifyBaseline({ arn, text: former.text, now }, material);
  // One that has ended still counts here: an older one must not take its place.
  const known = theirs?.state === 'signed' ? theirs.baseline : theirs?.newest;
  const mine = verifyBaseline({ arn, text: own, now, known }, material);
  if (mine.state !== 'signed') return `refused (${mine.state}: ${mine.reason.message})`;
  const merged = mergeSignedLines(arn, known === undefined ? '' : (former?.text ?? ''), own);
  if (merged === undefined) return 'refused (too many statements)';
  if (verifyBaseline({ arn, text: merged, now, known }, material).state !== 'signed')
    return 'refused (the bucket contradicts it)';
  if (merged === former?.text) return 'unchanged';
  await store.write(arn, merged, former);
  return 'published';
}

/** Throws UndecidedError for what S3 refuses. */
async function reach<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const code = cause instanceof BaselineStoreError ? cause.code : 's3';
    throw new UndecidedError(code, messageOf(cause), { cause });
  }
}
