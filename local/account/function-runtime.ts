import type { Context } from 'aws-lambda';
import type { Clients, Wiring } from '../../lambdas/aws/wiring.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { isVirtual } from './clock.ts';
import { type AccountContext, newId } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import { isRecord } from './json.ts';

export interface FunctionSettings {
  readonly name: string;
  /** Folder in `lambdas/`. */
  readonly folder: string;
  /** Seconds. */
  readonly timeout: number;
  readonly memory: number;
  /** Invocations at the same time, undefined without a reservation. */
  readonly reservedConcurrency: number | undefined;
}

export type InvocationResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string }
  | { readonly ok: false; readonly error: 'throttled'; readonly throttled: true };

type Handler = (event: unknown, context: Context) => unknown;

interface HandlerModule {
  readonly createHandler: (wiring: Wiring<keyof Clients>) => Handler;
}

/** One deployed function. It starts cold once, at its first invocation, and then serves all of them. */
export class FunctionRuntime {
  readonly settings: FunctionSettings;
  readonly arn: string;
  private readonly context: AccountContext;
  private readonly load: () => Promise<Handler>;
  private readonly onInvocation: (work: Promise<unknown>) => void;
  private handler: Promise<Handler> | undefined;
  private running = 0;

  constructor(
    context: AccountContext,
    settings: FunctionSettings,
    load: () => Promise<Handler>,
    onInvocation: (work: Promise<unknown>) => void,
  ) {
    this.context = context;
    this.settings = settings;
    this.arn = `arn:aws:lambda:${context.region}:${context.id}:function:${settings.name}`;
    this.load = load;
    this.onInvocation = onInvocation;
  }

  /** Runs the handler once. Never rejects. */
  invoke(event: unknown): Promise<InvocationResult> {
    if (this.running >= (this.settings.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      return Promise.resolve({ ok: false, error: 'throttled', throttled: true });
    }
    this.running += 1;
    const work = this.run(event).finally(() => {
      this.running -= 1;
    });
    if (isVirtual(this.context.clock)) this.context.clock.hold(work);
    this.onInvocation(work);
    return work;
  }

  private async run(event: unknown): Promise<InvocationResult> {
    // What a function does takes real time even where the time of the account is virtual, and so does its timeout.
    const deadline = performance.now() + this.settings.timeout * 1000;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<InvocationResult>((resolve) => {
      const error = `Task timed out after ${this.settings.timeout.toFixed(2)} seconds`;
      timer = setTimeout(() => resolve({ ok: false, error }), this.settings.timeout * 1000);
    });
    try {
      return await Promise.race([this.callHandler(event, this.createContext(deadline)), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async callHandler(event: unknown, context: Context): Promise<InvocationResult> {
    try {
      this.handler ??= this.load();
      const handler = await this.handler;
      // Through JSON, as Lambda does it: what does not survive that must not work here either.
      const value: unknown = await handler(JSON.parse(JSON.stringify(event)), context);
      return { ok: true, value: value === undefined ? undefined : JSON.parse(JSON.stringify(value)) };
    } catch (error) {
      return { ok: false, error: messageOf(error) };
    }
  }

  private createContext(deadline: number): Context {
    const { name, memory } = this.settings;
    const refuse = () => {
      throw new EmbeddedAccountError('bad-handler', 'callback-style handlers are not supported');
    };
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: this.arn,
      memoryLimitInMB: String(memory),
      awsRequestId: newId(this.context),
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: 'embedded',
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
      done: refuse,
      fail: refuse,
      succeed: refuse,
    };
  }
}

/** Builds the handler of a loaded module `lambdas/<name>/handler.ts`. Throws `bad-handler` for a module that is none. */
export function createHandlerOf(module: unknown, name: string, wiring: Wiring<keyof Clients>): Handler {
  if (!isHandlerModule(module)) {
    throw new EmbeddedAccountError('bad-handler', `lambdas/${name}/handler.ts does not export createHandler`);
  }
  return module.createHandler(wiring);
}

function isHandlerModule(module: unknown): module is HandlerModule {
  return isRecord(module) && typeof module.createHandler === 'function';
}
