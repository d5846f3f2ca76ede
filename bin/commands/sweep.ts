import { durationText, secondsOf } from '../../lambdas/core/duration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainUnopened, nameRepository } from '../judge/judge-image.ts';
import { notationPorts } from '../judge/notation-ports.ts';
import type { Result } from '../output/result.ts';
import { makeVisible, toSafeJson } from '../output/visible.ts';
import { Checkpoint } from '../sweep/checkpoint.ts';
import { type Inventory, type Listed, openInventory } from '../sweep/inventory.ts';
import { Progress } from '../sweep/progress.ts';
import { type SweepOptions, sweepRepository } from '../sweep/sweep-repository.ts';
import { type ChosenTrust, chooseTrust, isMaterial } from '../trust/choose-trust.ts';
import { TRUST_HELP, TRUST_OPTIONS } from '../trust/trust-options.ts';
import { type Command, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const HELP = `countersign sweep --repository REGISTRY/REPOSITORY... --policy FILE [--concurrency N] [--most N] [--for DURATION] [--checkpoint FILE]

Verifies all images of a repository: on stdout a JSON object on a line of its own for each image, on stderr how far it is. Repositories of ECR are listed over
ECR's own API (AWS credentials with ecr:DescribeImages, BatchGetImage, ListImageReferrers, GetDownloadUrlForLayer), others by their tags. An image that a verified
index lists is covered by it; such images come last.

  --repository NAME        without tag and digest; can be given several times
  --concurrency N          images under way at the same time, 1 to 32; default: 4
  --most N                 stop after so many images
  --for DURATION           stop after 90s, 10m, 2h
  --checkpoint FILE        what is done with is kept there; the same command goes on where it ended. Keep it where only you can write
${TRUST_HELP}
Exit codes: 0 all are verified; 1 an image is unsigned or invalid; 2 wrong usage, policy, key, root or checkpoint; 3 an image could not be decided, there are
none, or it ended early; 70 a fault of countersign.
`;

const { scope: _scope, ...WITHOUT_SCOPE } = TRUST_OPTIONS;
const OPTIONS = {
  ...WITHOUT_SCOPE,
  repository: { type: 'string', multiple: true },
  concurrency: { type: 'string' },
  most: { type: 'string' },
  for: { type: 'string' },
  checkpoint: { type: 'string' },
} as const;

/** `countersign sweep`: all images of repositories, with progress, budget and checkpoint. */
export const sweep: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const names = [...new Set(values.repository ?? [])];
    if (names.length === 0) throw new UsageError('--repository is missing');
    if (positionals.length > 0) throw new UsageError('repositories are given with --repository');
    const concurrency = readNumber('concurrency', values.concurrency, 32) ?? 4;
    const budget = takeBudget(readNumber('most', values.most, 10_000_000), values.for, io);
    const trust = chooseTrust(values);
    const inventories = await Promise.all(names.map((name) => openInventory(name, io)));
    const checkpoint = new Checkpoint(values.checkpoint, trust.fingerprint);
    return sweepAll(inventories, trust, { concurrency, checkpoint, spend: budget }, io);
  },
};

async function sweepAll(
  inventories: readonly Inventory[],
  trust: ChosenTrust,
  shared: Pick<SweepOptions, 'concurrency' | 'checkpoint' | 'spend'>,
  io: Io,
): Promise<ExitCode> {
  const progress = new Progress(io);
  const [notation, clock] = [notationPorts(io), io.clock ?? Date.now];
  let complete = true;
  for (const inventory of inventories) {
    const { source } = inventory;
    const repository = nameRepository(inventory, trust);
    const material = trust.materialFor(repository);
    if (!isMaterial(material)) {
      io.err(`${makeVisible(`${source.name}: ${material.message}`)}\n`);
      complete = false;
      continue;
    }
    const tell = (image: Listed, result: Result) => {
      io.out(`${toSafeJson({ image: `${source.name}@${image.digest}`, tags: image.tags, ...result })}\n`);
      progress.count(result.verdict);
    };
    const skip: SweepOptions['skip'] = (verdict) => progress.count(verdict, true);
    const options = { ...shared, repository, material, notation, clock, tell, skip };
    complete = (await sweepOne(inventory, options, io)) && complete;
  }
  progress.finish(complete ? 'all were seen' : 'it ended before all were seen');
  return sum(progress, complete);
}

/** A repository that cannot be listed ends its own sweep, not that of the others. */
async function sweepOne(inventory: Inventory, options: SweepOptions, io: Io): Promise<boolean> {
  try {
    return await sweepRepository(inventory, options);
  } catch (error) {
    if (error instanceof UndecidedError) throw error;
    const [reason] = explainUnopened(error).reasons;
    io.err(`${makeVisible(`${inventory.source.name}: ${reason?.message ?? 'it could not be listed'}`)}\n`);
    return false;
  }
}

function sum({ tally: { counts, total } }: Progress, complete: boolean): ExitCode {
  if (counts.unsigned + counts.invalid > 0) return EXIT.no;
  return complete && total > 0 && counts.verified === total ? EXIT.yes : EXIT.undecided;
}

function readNumber(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= most)) throw new UsageError(`--${name} takes a whole number from 1 to ${most}`);
  return number;
}

function takeBudget(most: number | undefined, duration: string | undefined, io: Io): () => boolean {
  if (duration !== undefined && !durationText.safeParse(duration).success) {
    throw new UsageError('--for takes a whole number and one of s, m, h, d: 10m');
  }
  const clock = io.clock ?? Date.now;
  const end = duration === undefined ? Number.POSITIVE_INFINITY : clock() + secondsOf(duration) * 1000;
  let left = most ?? Number.POSITIVE_INFINITY;
  return () => {
    if (left <= 0 || clock() >= end) return false;
    left -= 1;
    return true;
  };
}
