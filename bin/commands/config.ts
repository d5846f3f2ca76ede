import type { CompiledConfig } from '../../lambdas/core/config/compiled.ts';
import type { Config } from '../../lambdas/core/config/schema.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { makeVisible } from '../output/visible.ts';
import { type Command, ConfigurationError, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const DEFAULT = 'countersign.config.yaml';

const HELP = `countersign config check [FILE]

Tells everything that is wrong with a configuration, its trust policy and the keys and roots that this names: file:line:column, path,
what is wrong, what would be accepted. What passes here synthesizes.

  FILE    default: ${DEFAULT} in this folder

Exit codes: 0 nothing is wrong; 2 something is, or wrong usage; 70 a fault of countersign.
`;

/** `countersign config check`. */
export const config: Command = {
  help: HELP,
  async run(args, io) {
    const { positionals, help } = parseOptions(args, {});
    if (help) {
      io.out(HELP);
      return 0;
    }
    const [action, file = DEFAULT, ...others] = positionals;
    if (action === undefined) throw new UsageError('config what? There is: config check');
    if (action !== 'check') throw new UsageError(`there is no config ${action}; there is: config check`);
    if (others.length > 0) throw new UsageError('one FILE is checked at a time');
    const loaded = loadConfiguration(file);
    if (!loaded.ok) throw new ConfigurationError(loaded.problems);
    io.out(`${makeVisible(file)}: nothing is wrong\n${describe(loaded.config, loaded.compiled)}`);
    return 0;
  },
};

/** What was understood, so that a reviewer can see whether it was meant. */
function describe({ images }: Config, { trust, hash }: CompiledConfig): string {
  const { policy } = trust;
  const others = policy.otherRepositories === 'ignore' ? 'are ignored' : 'are refused';
  const lines = [
    `  images: mode ${images.mode}, grace ${images.grace} s, trust policy ${images.trustPolicy}`,
    ...policy.images.map(({ name, repositories }) => `  ${name}: ${list(repositories)}`),
    `  other repositories ${others}`,
    `  signers: ${list(Object.keys(policy.signers))}; trusted roots: ${list(Object.keys(policy.roots))}`,
    `  hash ${hash}`,
  ];
  return lines.map((line) => `${makeVisible(line)}\n`).join('');
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
