import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CountersignError } from '../../../lambdas/core/errors.ts';

/** Something that a peer needs is not on this machine. Its checks are skipped, and the count says so. */
export class Absent extends CountersignError<'absent'> {
  constructor(reason: string) {
    super('absent', reason);
  }
}

/** The first of these programs that is on the PATH, as an absolute path. Throws Absent. */
export function requireProgram(...names: readonly string[]): string {
  const found = findProgram(...names);
  if (found === undefined) throw new Absent(`${names.join(' or ')} is not installed`);
  return found;
}

/** As `requireProgram`; undefined where none is there. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
