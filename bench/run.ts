import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measureFunctionStart } from './function-start.ts';
import { formatSection, type Section } from './section.ts';
import { measureVerificationSpeed } from './verification-speed.ts';

const build = join(import.meta.dirname, '..', '.build');
mkdirSync(build, { recursive: true });
const folder = mkdtempSync(join(build, 'bench-'));

try {
  print(await measureFunctionStart(folder));
  print([measureVerificationSpeed()]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(sections: readonly Section[]): void {
  for (const section of sections) console.log(`${formatSection(section)}\n`);
}
