import type { Checks } from '../harness/checks.ts';
import { checkWithMoto } from '../harness/run-vitest.ts';
import type { Workbench } from '../harness/workbench.ts';

/** The contract that the embedded account keeps (`test/contract`), and the settings that plans change, against moto. Where AWS documents what moto does not do, moto is not asked. */
export async function checkContract(bench: Workbench, checks: Checks): Promise<void> {
  const files = ['test/contract/moto.test.ts', 'test/contract/settings-moto.test.ts'];
  const isLeftOut = (title: string) => title.startsWith('[documented]');
  const { leftOut } = await checkWithMoto(bench, checks, files, { isLeftOut });
  checks.note(`${leftOut} more expectations go by the documentation of AWS: moto is known to be wrong there`);
}
