import { CountersignError } from '../core/errors.ts';

/** Reads a variable that the template sets. Throws `missing-environment` at the start of the function, not at its first event. */
export function requireVariable(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (!value) throw new CountersignError('missing-environment', `the environment variable ${name} is not set`);
  return value;
}
