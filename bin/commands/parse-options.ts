import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { UsageError } from './command.ts';

/**
 * Reads options and positional arguments strictly: no unknown option, no option twice (which of two identities would count?) but those that take several, no
 * empty value.
 * `--help` is known to every command. Throws UsageError.
 */
export function parseOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  const known = { ...options, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals, tokens } = parse(args, known);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (seen.has(token.name) && options[token.name]?.multiple !== true)
      throw new UsageError(`--${token.name} is given twice`);
    seen.add(token.name);
    if (token.value?.trim() === '') throw new UsageError(`--${token.name} is empty`);
  }
  return { values, positionals, help: seen.has('help') };
}

function parse<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true, tokens: true });
  } catch (cause) {
    const unknown = /^Unknown option '--([^'=]+)/.exec(messageOf(cause))?.[1];
    if (unknown === undefined) throw new UsageError(messageOf(cause), { cause });
    const nearest = findNearest(unknown, Object.keys(options));
    throw new UsageError(
      `there is no option --${unknown}${nearest === undefined ? '' : `; did you mean --${nearest}?`}`,
      { cause },
    );
  }
}

/** The one positional argument that a command takes. Throws UsageError. */
export function takeOne(positionals: readonly string[], what: string): string {
  const [only, ...others] = positionals;
  if (only === undefined || only === '') throw new UsageError(`${what} is missing`);
  if (others.length > 0) throw new UsageError(`one ${what} is taken, and ${positionals.length} are given`);
  return only;
}
