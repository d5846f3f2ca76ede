#!/usr/bin/env node
import { EXIT } from './exit-codes.ts';
import { reportBug } from './report-bug.ts';

/** The operator command line. Everything else is loaded late, so that whatever goes wrong ends in exit code 70, never in Node's own 1, which here means "no". */
process.exitCode = EXIT.bug;
const bug = (thrown: unknown): never => {
  reportBug(thrown, process.env);
  process.exit(EXIT.bug);
};
process.on('uncaughtException', bug);
process.on('unhandledRejection', bug);
// A reader that closes the pipe early (`| head -1`) has read enough: the exit code stays that of the command.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(EXIT.undecided);
  });
}

const print = process.stdout.write.bind(process.stdout);
const { runCommandLine } = await import('./command-line.ts');
const code = await runCommandLine(process.argv.slice(2), {
  out: (text) => void print(text),
  err: (text) => void process.stderr.write(text),
  environment: process.env,
  stdin: () => process.stdin,
  flush: () => new Promise((resolve) => print('', () => resolve())),
  colours: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  progress: process.stderr.isTTY === true ? 'live' : 'lines',
});
print('', () => process.exit(code));
