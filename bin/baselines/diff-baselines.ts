import type { AccountIam } from '../../lambdas/core/iam/account.ts';
import { compareStates, type Difference } from '../../lambdas/core/iam/baseline/compare-states.ts';
import type { BaselineState } from '../../lambdas/core/iam/baseline/state.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import type { Io } from '../commands/command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible, toSafeJson } from '../output/visible.ts';
import { captureStates } from './capture-states.ts';
import { chooseAccount } from './choose-account.ts';
import { readBaselines } from './folder.ts';

interface Drifted {
  readonly arn: string;
  readonly differences: readonly Difference[];
}

/** `countersign baseline diff`: the state against the files, signed or not. */
export async function diffBaselines(folder: string, options: BaselineOptions, io: Io): Promise<ExitCode> {
  const baselines = readBaselines(folder).map(({ predicate }) => predicate.state);
  const drifted = findDrift(baselines, await chooseAccount(options, io, { credentials: true }));
  if (options.json === true) io.out(`${toSafeJson(drifted)}\n`);
  else for (const one of drifted) io.out(describe(one));
  return drifted.length === 0 ? EXIT.yes : EXIT.no;
}

function findDrift(baselines: readonly BaselineState[], account: AccountIam): readonly Drifted[] {
  const found = new Map(captureStates(account).states.map((state) => [state.arn, state]));
  const ids = new Map([...account.roles, ...account.users].map(({ uniqueId, arn }) => [uniqueId, arn]));
  const documents = new Map(account.policies.map(({ arn, document }) => [arn, document]));
  const options = {
    resolvePrincipal: (id: string) => ids.get(id),
    documentOf: (arn: string) => documents.get(arn),
  };
  const known = new Set(baselines.map(({ arn }) => arn));
  return [
    ...baselines.map((state) => ({ arn: state.arn, differences: compareStates(state, found.get(state.arn), options) })),
    ...[...found.keys()]
      .filter((arn) => !known.has(arn))
      .map((arn) => ({ arn, differences: [{ part: 'existence', change: 'added', verdict: 'unknown' }] as const })),
  ].filter(({ differences }) => differences.length > 0);
}

function describe({ arn, differences }: Drifted): string {
  const lines = differences.map(({ part, name, change, verdict, because }) => {
    const what =
      part === 'existence'
        ? { added: 'has no baseline', removed: 'is not there', changed: '' }[change]
        : `${part}${name === undefined ? '' : ` ${name}`} ${change}`;
    const why = because?.[0] === undefined ? '' : `: ${because[0].message}`;
    return `  ${what} (${verdict})${why}`;
  });
  return [arn, ...lines].map((line) => `${makeVisible(line)}\n`).join('');
}
