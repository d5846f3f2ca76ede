import { resolve } from 'node:path';
import { messageOf, type Reason } from '../../lambdas/core/errors.ts';
import { type Io, UsageError } from '../commands/command.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import { judgeCandidateFile } from '../judge/judge-candidate-file.ts';
import { judgeImage } from '../judge/judge-image.ts';
import { LARGEST_BUNDLE } from '../judge/signed-file.ts';
import { type Result, undecided } from '../output/result.ts';
import type { ChosenTrust } from '../trust/choose-trust.ts';
import type { TrustCase } from './schema.ts';

/** What became of a case. */
export interface CaseOutcome {
  readonly name: string;
  readonly expected: { readonly verdict: Result['verdict']; readonly reason?: string };
  readonly actual: { readonly verdict: Result['verdict']; readonly reasons: readonly Reason[] };
  readonly passed: boolean;
}

/** Judges one case and holds the result to what is expected. A case that cannot be asked is undecided, with the reason. */
export async function runCase(one: TrustCase, folder: string, trust: ChosenTrust, io: Io): Promise<CaseOutcome> {
  const { verdict, reasons, evidence } = await judge(one, folder, trust, io);
  const { name, expect, reason } = one;
  const codes = [...reasons, ...evidence.flatMap(({ reason: own }) => own ?? [])].map(({ code }) => code);
  return {
    name,
    expected: { verdict: expect, ...(reason !== undefined && { reason }) },
    actual: { verdict, reasons },
    passed: verdict === expect && (reason === undefined || codes.includes(reason)),
  };
}

async function judge(one: TrustCase, folder: string, trust: ChosenTrust, io: Io): Promise<Result> {
  try {
    if ('bundle' in one) return await judgeFile(one, folder, trust, io);
    const ref = 'image' in one ? one.image : `oci:${resolve(folder, one.layout)}`;
    return (await judgeImage({ ref, scope: one.scope, index: one.index }, trust, io)).result;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return undecided({ code: 'bad-case', message: messageOf(error) });
  }
}

async function judgeFile(
  { bundle, digest, scope }: Extract<TrustCase, { bundle: string }>,
  folder: string,
  trust: ChosenTrust,
  io: Io,
): Promise<Result> {
  let bytes: Uint8Array;
  try {
    bytes = readBoundedBytes(resolve(folder, bundle), LARGEST_BUNDLE);
  } catch (error) {
    return undecided({ code: 'unreadable-file', message: messageOf(error) }, digest);
  }
  return judgeCandidateFile(bytes, { digest, repository: scope }, trust.materialFor(scope), io);
}
