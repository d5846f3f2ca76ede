import { messageOf } from '../lambdas/core/errors.ts';
import { realClock, virtualClock } from './account/clock.ts';
import { parseArguments, type StartOptions, USAGE, UsageError } from './arguments.ts';
import { checkScenarios, describeResults } from './check-scenarios.ts';
import { describeService } from './console/account-backend.ts';
import { buildAssets } from './console/assets.ts';
import { ConsoleError } from './console/errors.ts';
import { isLoopback } from './console/guard.ts';
import { serveConsole } from './console/server.ts';
import { startEmbeddedService } from './embedded-service.ts';
import { divertFunctionOutput } from './function-output.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** `npm start`: Countersign in an embedded account, every scenario once, and the console. Its address is the last line on stdout. */
async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2), process.env);
  const print = divertFunctionOutput(options.verbose);
  if (options.help) {
    print(USAGE);
    return 0;
  }
  return options.once ? runOnce(options, print) : serve(options, print);
}

async function runOnce(options: StartOptions, print: (text: string) => void): Promise<number> {
  let failures = 0;
  const service = await startEmbeddedService({
    quarantine: true,
    iam: 'enforce',
    guardDuty: 'enforce',
    clock: virtualClock(Date.now()),
    graceSeconds: options.graceSeconds,
    random: Math.random,
    onFailure: (scenario, error) => {
      failures += 1;
      complain(scenario, error);
    },
  });
  const results = await checkScenarios(service, SCENARIOS);
  await service.stop();
  print(`${describeResults(results)}\n`);
  return failures === 0 && results.every(({ asExpected }) => asExpected) ? 0 : 1;
}

async function serve(options: StartOptions, print: (text: string) => void): Promise<number> {
  if (!isLoopback(options.host) && !options.allowRemote) {
    throw new UsageError(
      `${options.host} can be reached from other machines and the console has no login: use 127.0.0.1, or add --allow-remote`,
    );
  }
  const stopped = waitForStop();
  const [service, assets] = await Promise.all([
    startEmbeddedService({
      quarantine: true,
      iam: 'enforce',
      guardDuty: 'enforce',
      clock: realClock(),
      graceSeconds: options.graceSeconds,
      random: Math.random,
      onFailure: complain,
    }),
    buildAssets(),
  ]);
  print('Countersign runs in an embedded AWS account. Scenarios:\n');
  for (const scenario of SCENARIOS) {
    await service.run(scenario);
    print(`  ${scenario.name.padEnd(22)}${scenario.expectation}\n`);
  }
  const console = await serveConsole({
    backend: describeService(service, SCENARIOS),
    assets,
    host: options.host,
    port: options.port,
    portMayChange: !options.portGiven,
    allowRemote: options.allowRemote,
  });
  print(`Countersign console: ${console.url}\n`);
  await stopped;
  await console.close();
  await service.stop();
  return 0;
}

function waitForStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function complain(scenario: string, error: unknown): void {
  process.stderr.write(`scenario ${scenario}: ${messageOf(error)}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const wrongUse = error instanceof UsageError || (error instanceof ConsoleError && error.code === 'port-taken');
    process.stderr.write(
      wrongUse ? `${messageOf(error)}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(wrongUse ? 2 : 70);
  },
);
