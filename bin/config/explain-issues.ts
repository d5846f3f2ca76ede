import type { z } from 'zod';
import type { ConfigProblem } from '../../lambdas/core/config/config-problem.ts';
import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { describeAccepted, listKeys } from './describe-schema.ts';
import { formatPath, type Problem } from './problem.ts';
import type { YamlFile } from './read-yaml.ts';

type Issue = z.core.$ZodIssue;

/** Says where in the file each problem of a check is. */
export function placeProblems(problems: readonly ConfigProblem[], yaml: YamlFile): readonly Problem[] {
  return problems.map(({ path, ...problem }) => ({
    file: yaml.file,
    ...yaml.locate(path),
    path: formatPath(path),
    ...problem,
  }));
}

/** Says what a schema did not accept, where, and what it would have accepted, in the order of the file. */
export function explainIssues(issues: readonly Issue[], schema: z.ZodType, yaml: YamlFile): readonly Problem[] {
  return issues
    .flatMap((issue) => explainIssue(issue, [], schema, yaml))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    .slice(0, 50);
}

function explainIssue(
  issue: Issue,
  above: readonly PropertyKey[],
  schema: z.ZodType,
  yaml: YamlFile,
): readonly Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branch = chooseBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => explainIssue(inner, path, schema, yaml));
    const strangers = findCommonStrangers(issue.errors);
    if (strangers.length > 0) return explainStrangers(strangers, path, schema, yaml);
  }
  if (issue.code === 'unrecognized_keys') return explainStrangers(issue.keys, path, schema, yaml);
  const accepted = describeAccepted(schema, path);
  return [
    {
      file: yaml.file,
      ...yaml.locate(path),
      path: formatPath(path),
      message: isMissing(yaml.value, path) ? 'missing' : issue.message,
      ...(accepted !== undefined && { accepted }),
    },
  ];
}

function explainStrangers(
  keys: readonly string[],
  path: readonly PropertyKey[],
  schema: z.ZodType,
  yaml: YamlFile,
): readonly Problem[] {
  const known = listKeys(schema, path);
  return keys.map((key) => {
    const nearest = findNearest(key, known);
    return {
      file: yaml.file,
      ...yaml.locate([...path, key], 'key'),
      path: formatPath([...path, key]),
      message: 'unknown key',
      accepted: known.join(', '),
      ...(nearest !== undefined && { nearest }),
    };
  });
}

/** Of the forms that a value may have, the one that was probably meant: the one with the fewest faults at its own level. Undefined where none stands out. */
function chooseBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const [best, next] = branches
    .map((issues) => ({
      issues,
      faults: issues.filter(({ path }) => path.length <= 1).length,
      strangers: countStrangers(issues),
    }))
    .sort((a, b) => a.strangers - b.strangers || a.faults - b.faults);
  if (best === undefined) return undefined;
  return next !== undefined && next.strangers === best.strangers && best.strangers > 0 ? undefined : best.issues;
}

function countStrangers(issues: readonly Issue[]): number {
  return listStrangers(issues).length;
}

function listStrangers(issues: readonly Issue[]): readonly string[] {
  return issues.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []));
}

/** The keys that none of the forms knows. */
function findCommonStrangers(branches: readonly (readonly Issue[])[]): readonly string[] {
  const [first = [], ...others] = branches.map(listStrangers);
  return first.filter((key) => others.every((keys) => keys.includes(key)));
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  let part: unknown = value;
  for (const key of path) {
    if (typeof part !== 'object' || part === null) return false;
    part = Object.getOwnPropertyDescriptor(part, key)?.value;
  }
  return part === undefined;
}
