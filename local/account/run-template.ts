import { EmbeddedAccountError } from './errors.ts';
import type { EmbeddedAccount, RunningService } from './types.ts';

export interface RunTemplateOptions {
  /** Loads `lambdas/<name>/handler.ts`, which must export `createHandler(wiring)`. Default: imports it from this checkout. */
  readonly loadHandler?: (name: string) => Promise<unknown>;
  /** Text of `countersign.compiled.json`; passed to the handlers. */
  readonly readCompiledConfig: () => string;
  /** What a function writes to its log is not caught; this hears what the account itself has to say about invocations. */
  readonly onLog?: (line: string) => void;
}

/**
 * Runs a synthesized CloudFormation template in the account: makes its queues and tables, puts its rules on the bus and its functions behind
 * their event source mappings. Throws `bad-template` or `unsupported-template` naming the resource.
 */
export async function runTemplate(
  _account: EmbeddedAccount,
  _template: unknown,
  _options: RunTemplateOptions,
): Promise<RunningService> {
  throw new EmbeddedAccountError('unsupported-template', 'runTemplate is not written yet');
}
