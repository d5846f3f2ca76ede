import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { messageOf } from '../../lambdas/core/errors.ts';
import { placeBaseline, READABLE, SIGNED } from '../../lambdas/core/iam/baseline/name-baseline.ts';
import { normalizeState } from '../../lambdas/core/iam/baseline/state.ts';
import { type BaselinePredicate, baselinePredicateSchema } from '../../lambdas/core/iam/baseline/statement.ts';
import { UndecidedError, UsageError } from '../commands/command.ts';
import { explainIssues } from '../config/explain-issues.ts';
import { readBounded } from '../config/load-configuration.ts';
import { formatProblems } from '../config/problem.ts';
import { readYaml } from '../config/read-yaml.ts';

/** One baseline of a folder: what people review, and what was signed. */
export interface BaselineFile {
  readonly predicate: BaselinePredicate;
  readonly path: string;
  readonly signedPath: string;
  /** Undefined where nothing is signed yet. */
  readonly signed: string | undefined;
}

const KINDS = ['roles', 'users', 'groups', 'policies'];

/** All baselines of a folder, in order of their files. Throws UsageError for a folder that is none, UndecidedError for a file that is no baseline or lies under another name. */
export function readBaselines(folder: string): readonly BaselineFile[] {
  const files = listBaselines(folder);
  if (files.length === 0) throw new UsageError(`${folder} holds no baselines: countersign baseline capture makes them`);
  return files.map((path) => readBaseline(folder, path));
}

/** Whether there is any baseline in a folder. */
export function holdsBaselines(folder: string): boolean {
  return listBaselines(folder).length > 0;
}

function listBaselines(folder: string): readonly string[] {
  return KINDS.flatMap((kind) => listFiles(join(folder, kind)).map((name) => join(folder, kind, name)));
}

function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(READABLE))
    .toSorted();
}

function readBaseline(folder: string, path: string): BaselineFile {
  const predicate = readPredicate(path);
  const { arn } = predicate.state;
  if (join(folder, `${placeBaseline(arn)}${READABLE}`) !== path) {
    throw new UndecidedError('misplaced', `${path} is about ${arn}, which belongs elsewhere`);
  }
  const signedPath = `${path.slice(0, -READABLE.length)}${SIGNED}`;
  return { predicate, path, signedPath, signed: existsSync(signedPath) ? readText(signedPath) : undefined };
}

function readPredicate(path: string): BaselinePredicate {
  const read = readYaml(readText(path), path);
  if (!read.ok) throw new UndecidedError('unreadable-baseline', formatProblems(read.problems).trim());
  const parsed = baselinePredicateSchema.safeParse(read.yaml.value);
  if (!parsed.success) {
    const problems = explainIssues(parsed.error.issues, baselinePredicateSchema, read.yaml);
    throw new UndecidedError('unreadable-baseline', formatProblems(problems).trim());
  }
  return { ...parsed.data, state: normalizeState(parsed.data.state) };
}

function readText(path: string): string {
  try {
    return readBounded(path);
  } catch (cause) {
    throw new UndecidedError('unreadable-file', messageOf(cause), { cause });
  }
}

/** Writes the readable form of a baseline: members in the order of the schema, so that a change shows as what it is. */
export function writeBaseline(folder: string, predicate: BaselinePredicate): string {
  const path = join(folder, `${placeBaseline(predicate.state.arn)}${READABLE}`);
  mkdirSync(dirname(path), { recursive: true });
  const { version, created, expires, state } = predicate;
  const text = stringify(
    { version, created, ...(expires !== undefined && { expires }), state },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  writeFileSync(path, text);
  return path;
}

/** Appends a signed statement to what is there. */
export function appendSigned({ signedPath, signed }: BaselineFile, line: string): void {
  const separator = signed === undefined || signed === '' || signed.endsWith('\n') ? '' : '\n';
  appendFileSync(signedPath, `${separator}${line}\n`);
}
