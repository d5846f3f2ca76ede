import { IDENTITY_PATHS } from './identity-paths.ts';
import type { PathRule } from './path-rule.ts';
import { SERVICE_PATHS } from './service-paths.ts';

/** Every way to more rights that is looked for, in the order in which they are told. */
export const PATH_RULES: readonly PathRule[] = [...IDENTITY_PATHS, ...SERVICE_PATHS];
