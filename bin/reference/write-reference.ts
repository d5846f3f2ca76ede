import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeReference } from './make-reference.ts';

/** `npm run docs`: writes the generated parts of docs/. */
for (const [path, text] of Object.entries(makeReference())) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
