/**
 * Functions log to stdout, as Lambda wants it. Here stdout is for people, so everything that is written to it goes to stderr when `verbose`, else
 * nowhere, except what is printed with the function returned.
 */
export function divertFunctionOutput(verbose: boolean): (text: string) => void {
  const { stdout, stderr } = process;
  const print = stdout.write.bind(stdout);
  stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (verbose) stderr.write(chunk);
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  return (text) => {
    print(text);
  };
}
