import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { type VerdictStore, verdictStore } from '../../lambdas/aws/verdict-store.ts';
import type { Clients, Wiring } from '../../lambdas/aws/wiring.ts';
import type { Digest } from '../../lambdas/core/digest.ts';
import { nextVerdict } from '../../lambdas/core/images/lifecycle.ts';
import type { VerdictRecord } from '../../lambdas/core/images/verdict.ts';
import { createHandler, LIMITS, type SweepResult } from '../../lambdas/sweep/handler.ts';
import type { RunLimits } from '../../lambdas/sweep/run-budget.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { pushImage } from '../../local/account/push-image.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { buildImage } from '../../local/sigstore/images.ts';
import { seededRandom } from '../local/account/prepare.ts';
import type { RecordableClient } from './recorded-calls.ts';
import { circumstances, decided } from './verdicts.ts';

const WHERE = { account: '123456789012', region: 'eu-west-1' };

/** What a function sent to AWS: the name of the command, and what it was about. */
export interface SentCall {
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A registry and its verdicts, with a sweep that runs when it is told to and reactions that only listen. */
export class SweepWorld {
  readonly clock: VirtualClock;
  readonly service: EmbeddedService;
  readonly verdicts: VerdictStore;
  readonly policyHash: string;
  readonly environment: Wiring<never>['environment'];
  /** Everything that was sent since it was last emptied. */
  readonly sent: SentCall[] = [];
  /** Looks at each call before it is answered; throws what AWS would throw. */
  disturb: (call: SentCall) => void = () => {};
  /** What is left of an invocation, milliseconds. */
  timeLeft: () => number = () => 900_000;
  readonly #wiring: Wiring<keyof Clients>;

  private constructor(clock: VirtualClock, service: EmbeddedService, wiring: Wiring<keyof Clients>) {
    this.clock = clock;
    this.service = service;
    this.#wiring = wiring;
    const { clients, environment } = wiring;
    this.verdicts = verdictStore(clients.dynamodb, environment.VERDICT_TABLE ?? '');
    this.policyHash = service.config.hash;
    this.environment = environment;
    for (const client of [clients.ecr, clients.sqs]) this.#watch(client);
    this.#watch(clients.dynamodb);
  }

  /** `template` as of `describeTemplate`. */
  static async start(template: unknown): Promise<SweepWorld> {
    const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
    let found: Wiring<keyof Clients> | undefined;
    const service = await startEmbeddedService({
      clock,
      graceSeconds: 600,
      random: seededRandom(1),
      onFailure: () => {},
      template,
      loadHandler: async (name) => ({
        createHandler: (wiring: Wiring<keyof Clients>) => {
          if (name === 'sweep') found = wiring;
          return async () => ({ batchItemFailures: [] });
        },
      }),
    });
    // Functions are loaded when they are first called.
    await clock.advance(3_600_000);
    if (found === undefined) throw new Error('the sweep was not started');
    return new SweepWorld(clock, service, found);
  }

  #watch(client: RecordableClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const call = { command: context.commandName ?? '', input: { ...args.input } };
        this.sent.push(call);
        this.disturb(call);
        return next(args);
      },
      { step: 'initialize', name: 'watchSweep', priority: 'high', override: true },
    );
  }

  /** Pushes so many images into a new repository. No event tells of them. */
  async fill(repository: string, count: number): Promise<readonly Digest[]> {
    const { account } = this.service;
    account.faults.lossRate = 1;
    await account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
    const digests: Digest[] = [];
    for (let number = 0; number < count; number += 1) {
      const image = buildImage(`${repository} ${number}`);
      await pushImage(account, { repository, manifest: image.manifest, blobs: image.blobs.map(({ bytes }) => bytes) });
      digests.push(image.digest);
    }
    return digests.toSorted();
  }

  /** Stores a verdict about an image that needs no look, but for what is changed about it. */
  async judge(repository: string, digest: Digest, changes: Partial<VerdictRecord> = {}): Promise<void> {
    const image = { ...WHERE, repository, digest };
    const at = circumstances({ now: this.clock.now(), seenAt: this.clock.now(), policyHash: this.policyHash });
    const { record } = nextVerdict(image, undefined, decided('verified'), at);
    if (record === undefined) throw new Error('nothing was decided');
    const previous = await this.verdicts.read(image);
    await this.verdicts.write({ ...record, publishedRevision: record.revision, ...changes }, previous);
  }

  /** One run of the sweep. What it and everybody else sent before is forgotten. */
  async run(limits: Partial<RunLimits> = {}): Promise<SweepResult> {
    this.sent.length = 0;
    const sweep = createHandler({ ...this.#wiring, clock: () => this.clock.now() }, { ...LIMITS, ...limits });
    const context = { getRemainingTimeInMillis: () => this.timeLeft() };
    const invokedFunctionArn = `arn:aws:lambda:${WHERE.region}:${WHERE.account}:function:countersign-sweep`;
    return sweep({}, Object.assign(Object.create(null), context, { invokedFunctionArn }));
  }

  /** The images that were asked for, `repository@digest`, in the order of the calls, and their delays in seconds. */
  asked(): readonly { readonly name: string; readonly delay: number }[] {
    return this.sent
      .filter(({ command }) => command === 'SendMessageBatchCommand')
      .flatMap(({ input }) => (Array.isArray(input.Entries) ? input.Entries : []))
      .map(({ MessageBody, DelaySeconds }) => {
        const { detail } = JSON.parse(MessageBody);
        return { name: `${detail['repository-name']}@${detail['image-digest']}`, delay: DelaySeconds };
      });
  }

  count(command: string): number {
    return this.sent.filter((call) => call.command === command).length;
  }
}
