import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeControlData } from './make-control-data.ts';

/** `npm run control-data`: writes which control serves which requirement into the core, from the sample data beside the repository. */
const data = process.env.COUNTERSIGN_CORPUS ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const read = (name: string): string => readFileSync(`${data}/controls/${name}`, 'utf8');
const text = makeControlData(read('security-hub-controls.json'), read('frameworks-to-prowler-checks.json'));
writeFileSync(fileURLToPath(new URL('../../lambdas/core/controls/control-data.ts', import.meta.url)), text);
