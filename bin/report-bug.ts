import { messageOf } from '../lambdas/core/errors.ts';
import { makeVisible } from './output/visible.ts';

/** Says on stderr that the program itself failed. The stack is shown where COUNTERSIGN_DEBUG is set. */
export function reportBug(
  thrown: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  err: (text: string) => void = (text) => void process.stderr.write(text),
): void {
  err(`countersign: unexpected error, nothing was decided: ${makeVisible(messageOf(thrown))}\n`);
  if (environment.COUNTERSIGN_DEBUG) {
    const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
    err(`${stack.split('\n').map(makeVisible).join('\n')}\n`);
  } else {
    err('This is a fault of countersign. Set COUNTERSIGN_DEBUG=1 to see where it happened, and please report it.\n');
  }
}
