import { makeVisible } from '../output/visible.ts';

/** Something wrong in a configuration file, as people are told. */
export interface Problem {
  readonly file: string;
  /** From 1; absent where the file as a whole is meant. */
  readonly line?: number;
  readonly column?: number;
  /** `images.mode`, `signers.release-key.key`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
  readonly accepted?: string;
  readonly nearest?: string;
}

/** Longest text that is shown of anything a file says. */
const LONGEST = 300;

/** One line for each problem, as compilers write it: `file:line:column: path: what is wrong; accepted: ...; did you mean ...?` */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => `${formatProblem(problem)}\n`).join('');
}

function formatProblem({ file, line, column, path, message, accepted, nearest }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const where = path === '' ? place : `${place}: ${path}`;
  const hints = [
    ...(accepted === undefined ? [] : [`accepted: ${accepted}`]),
    ...(nearest === undefined ? [] : [`did you mean ${nearest}?`]),
  ];
  return [`${clean(where)}: ${clean(message)}`, ...hints.map(clean)].join('; ');
}

function clean(text: string): string {
  return makeVisible(text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);
}

/** `['images', 0, 'require']` as `images[0].require`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
