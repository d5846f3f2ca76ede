import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeResourcePatterns } from './make-resource-patterns.ts';

/** `npm run iam-data`: writes what the paths to more rights need of the IAM data into the core, which holds no package of 15 MB. */
const file = new URL('../../lambdas/core/iam/paths/resource-patterns.ts', import.meta.url);
writeFileSync(fileURLToPath(file), await makeResourcePatterns());
