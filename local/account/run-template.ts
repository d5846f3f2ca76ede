import type { Clients, Wiring } from '../../lambdas/aws/wiring.ts';
import { isVirtual } from './clock.ts';
import { nameConfigRules, readConfigRules } from './config-rule-targets.ts';
import { EmbeddedAccountError } from './errors.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import { createHandlerOf, FunctionRuntime } from './function-runtime.ts';
import { internalsOf } from './internals.ts';
import { createRuleTargets } from './rule-targets.ts';
import type { Sqs } from './sqs.ts';
import type { Queue } from './sqs-queue.ts';
import { Template } from './template.ts';
import { deployParameters, deployQueues, deployRoles, deployTables } from './template-data.ts';
import { type DeployedFunction, readFunctions, readMappings } from './template-functions.ts';
import type { EmbeddedAccount, RunningService } from './types.ts';

export interface RunTemplateOptions {
  /** Loads `lambdas/<name>/handler.ts`, which must export `createHandler(wiring)`. Default: imports it from this checkout. */
  readonly loadHandler?: (name: string) => Promise<unknown>;
  /** Text of `countersign.compiled.json`; passed to the handlers. */
  readonly readCompiledConfig: () => string;
  /** What the functions fetch with. Default: the account's own, which knows layers and nothing else. */
  readonly fetch?: typeof fetch;
  /** Hears of failed invocations and batches. What a function writes to its own log is not caught. */
  readonly onLog?: (line: string) => void;
}

/**
 * Runs a synthesized CloudFormation template in the account: makes its queues and tables, puts its rules on the bus and its functions behind
 * their event source mappings. Resources of other types (alarms, keys, roles without a name of their own) are names and nothing more. Throws `bad-template` or
 * `unsupported-template` naming the resource, EventPatternError for a pattern that EventBridge refuses.
 */
export async function runTemplate(
  account: EmbeddedAccount,
  template: unknown,
  options: RunTemplateOptions,
): Promise<RunningService> {
  const { context, bus, sqs, awsConfig } = internalsOf(account);
  const read = new Template(template, account);
  const inFlight = new Set<Promise<unknown>>();
  const log = options.onLog ?? (() => undefined);
  const track = (work: Promise<unknown>) => {
    inFlight.add(work);
    const forget = () => inFlight.delete(work);
    work.then(forget, forget);
  };

  await deployQueues(account, read);
  await deployTables(account, read);
  await deployParameters(account, read);
  await deployRoles(account, read);
  nameConfigRules(read, context);
  const functions = new Map<string, FunctionRuntime>();
  for (const deployed of readFunctions(account, read)) {
    const load = async () => loadHandler(account, deployed, options);
    const runtime = new FunctionRuntime(context, deployed.settings, load, track);
    functions.set(runtime.arn, runtime);
  }
  const mappings = readMappings(read).map(({ logicalId, queueArn, functionName, settings }) => {
    const runtime = findFunction(functions, functionName, logicalId);
    const queue = findQueue(sqs, queueArn, logicalId);
    if (queue.settings.visibilityTimeout < runtime.settings.timeout) {
      throw new EmbeddedAccountError(
        'bad-template',
        `${logicalId}: Queue visibility timeout: ${queue.settings.visibilityTimeout} seconds is less than Function timeout: ${runtime.settings.timeout} seconds`,
      );
    }
    return new EventSourceMapping(context, queue, runtime, settings, log);
  });
  const targets = createRuleTargets({ context, template: read, sqs, functions, log });
  const configRules = readConfigRules({ context, template: read, functions, log });
  const removeRules = [
    ...targets.rules.map((rule) => bus.addRule(rule)),
    ...configRules.map((rule) => awsConfig.rules.add(rule)),
  ];

  /** When something will next happen by itself, in Unix milliseconds. Schedules do not count: they never end. */
  const nextDue = () => {
    const times = [...mappings.map((mapping) => mapping.dueAt()), targets.nextRetryAt()].filter(
      (at) => at !== undefined,
    );
    return times.length > 0 ? Math.min(...times) : undefined;
  };
  const waitFor = (milliseconds: number) =>
    isVirtual(context.clock)
      ? context.clock.advance(milliseconds)
      : new Promise<void>((resolve) => {
          context.clock.schedule(milliseconds, resolve);
        });

  return {
    async idle(withinMs = 0) {
      for (;;) {
        await Promise.allSettled(inFlight);
        if (isVirtual(context.clock)) await context.clock.settle();
        // What follows an invocation, such as the next batch, is planned in the turn after it.
        await new Promise((resolve) => setImmediate(resolve));
        if (inFlight.size > 0) continue;
        const wait = (nextDue() ?? Number.POSITIVE_INFINITY) - context.clock.now();
        if (wait > withinMs) return;
        await waitFor(Math.max(0, wait));
      }
    },
    async stop() {
      for (const remove of removeRules) remove();
      for (const mapping of mappings) mapping.stop();
      targets.stop();
      await Promise.allSettled(inFlight);
    },
  };
}

async function loadHandler(account: EmbeddedAccount, deployed: DeployedFunction, options: RunTemplateOptions) {
  const { folder } = deployed.settings;
  const load = options.loadHandler ?? importHandler;
  const { random } = internalsOf(account).context;
  const wiring: Wiring<keyof Clients> = {
    clients: account.clients,
    environment: deployed.environment,
    readCompiledConfig: options.readCompiledConfig,
    fetch: options.fetch ?? account.fetch,
    clock: () => account.clock.now(),
    random,
  };
  return createHandlerOf(await load(folder), folder, wiring);
}

async function importHandler(name: string): Promise<unknown> {
  return import(new URL(`../../lambdas/${name}/handler.ts`, import.meta.url).href);
}

function findFunction(functions: ReadonlyMap<string, FunctionRuntime>, name: string, within: string): FunctionRuntime {
  const found = [...functions.values()].find((one) => one.settings.name === name || one.arn === name);
  if (found !== undefined) return found;
  throw new EmbeddedAccountError('bad-template', `${within}: there is no function ${name}`);
}

function findQueue(sqs: Sqs, arn: string, within: string): Queue {
  const found = sqs.findByArn(arn);
  if (found !== undefined) return found;
  throw new EmbeddedAccountError('bad-template', `${within}: there is no queue ${arn}`);
}
