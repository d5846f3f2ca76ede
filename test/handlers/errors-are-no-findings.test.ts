import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { sendRecheck } from '../../lambdas/aws/queues.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { ensureRepository, pushArtifact, pushBundle } from '../../local/scenarios/pushing.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { signedByKey } from '../../local/scenarios/signed-by-key.ts';
import { signedByWorkflow } from '../../local/scenarios/signed-by-workflow.ts';
import { buildImage, buildIndex } from '../../local/sigstore/images.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import type { RecordableClient } from '../support/recorded-calls.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const template = describeTemplate(testConfiguration.compiled);
const inReaction = new AsyncLocalStorage<true>();

/** A call of the reaction that goes wrong while the trouble lasts. */
interface Trouble {
  readonly command?: string;
  readonly thrown?: () => Error;
  readonly download?: () => Promise<Response>;
}

const named = (name: string, more: object = {}) => Object.assign(new Error('not now'), { name, ...more });
const throttled = () => named('ThrottlingException', { $fault: 'client' });
const broken = () => named('ServerException', { $fault: 'server', $metadata: { httpStatusCode: 500 } });
const hanging = () => named('TimeoutError');

function brokenStream(): ReadableStream {
  return new ReadableStream({
    pull: (controller) => {
      controller.enqueue(Buffer.from('{"half":'));
      controller.error(new TypeError('terminated'));
    },
  });
}

let clock: VirtualClock;
let service: EmbeddedService;
let trouble: Trouble | undefined;
/** Calls that failed. */
let failures = 0;
/** Whether Security Hub was ever told of an image that fails. */
let wasOpen = false;
afterEach(() => {
  trouble = undefined;
  return service?.stop();
});

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: { readonly fetch: typeof fetch }) => {
      const download: typeof fetch = (input, init) => {
        if (trouble?.download === undefined) return wiring.fetch(input, init);
        failures += 1;
        return trouble.download();
      };
      const handler = createHandler({ ...wiring, fetch: download });
      return (...args: unknown[]) =>
        name === 'image-reaction' ? inReaction.run(true, () => handler(...args)) : handler(...args);
    },
  };
}

async function start(): Promise<void> {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 20));
  [trouble, failures, wasOpen] = [undefined, 0, false];
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    template,
    loadHandler,
  });
  const { ecr, sqs, dynamodb } = service.account.clients;
  const clients: RecordableClient[] = [ecr, sqs, dynamodb];
  for (const { middlewareStack } of clients) {
    middlewareStack.add(
      (next, context) => async (args) => {
        const name = context.commandName?.replace(/(?:Item)?Command$/, '');
        const thrown =
          inReaction.getStore() !== undefined && name === trouble?.command ? trouble?.thrown?.() : undefined;
        if (thrown === undefined) return next(args);
        failures += 1;
        throw thrown;
      },
      { step: 'initialize', name: 'trouble', priority: 'high', override: true },
    );
  }
  service.account.onTimeline(({ step }) => {
    if (step !== 'finding') return;
    const open = service.observations.allFindings().filter(({ RecordState }) => RecordState === 'ACTIVE');
    wasOpen ||= open.some(({ Id }) => Id.includes('@sha256:'));
  });
}

/** An index whose signature covers what it lists. */
const signedIndex: Scenario = {
  ...signedByWorkflow,
  run: async (world) => {
    const image = buildImage('#!/bin/sh\necho listed\n');
    const index = buildIndex([{ image, architecture: 'arm64' }]);
    await ensureRepository(world, 'acme/desktop');
    await pushArtifact(world, 'acme/desktop', image);
    await pushArtifact(world, 'acme/desktop', index, 'v1');
    await pushBundle(world, 'acme/desktop', index, world.sigstore.signImageBundle(index.digest, world.releaseWorkflow));
    return { kind: 'image', repository: 'acme/desktop', digest: image.digest };
  },
};

const TROUBLES: readonly (readonly [string, Trouble, Scenario])[] = [
  ['BatchGetImage is throttled', { command: 'BatchGetImage', thrown: throttled }, signedByWorkflow],
  ['BatchGetImage answers 500', { command: 'BatchGetImage', thrown: broken }, signedByKey],
  ['BatchGetImage hangs', { command: 'BatchGetImage', thrown: hanging }, signedByWorkflow],
  ['ListImageReferrers is throttled', { command: 'ListImageReferrers', thrown: throttled }, signedByWorkflow],
  ['ListImageReferrers answers 500', { command: 'ListImageReferrers', thrown: broken }, signedByWorkflow],
  ['GetDownloadUrlForLayer is throttled', { command: 'GetDownloadUrlForLayer', thrown: throttled }, signedByWorkflow],
  ['GetDownloadUrlForLayer hangs', { command: 'GetDownloadUrlForLayer', thrown: hanging }, signedByWorkflow],
  ['the storage answers 503', { download: async () => new Response('', { status: 503 }) }, signedByWorkflow],
  ['the storage answers 429', { download: async () => new Response('', { status: 429 }) }, signedByWorkflow],
  ['the storage hangs', { download: () => Promise.reject(hanging()) }, signedByWorkflow],
  ['the storage breaks off', { download: async () => new Response(brokenStream()) }, signedByWorkflow],
  ['the verdict cannot be read', { command: 'Get', thrown: throttled }, signedByWorkflow],
  ['the verdict cannot be stored', { command: 'Put', thrown: throttled }, signedByWorkflow],
  ['verdicts of indexes cannot be read', { command: 'BatchGet', thrown: broken }, signedIndex],
  ['no message can be sent', { command: 'SendMessage', thrown: broken }, signedByWorkflow],
];

describe.each(TROUBLES)('while %s', (_what, lasting, scenario) => {
  test('nothing is said about a new image, however long it lasts, and it is verified afterwards', async () => {
    await start();
    trouble = lasting;
    const image = await service.run(scenario);
    await clock.advance(3 * HOUR);
    const during = { failures, state: service.observations.verdictOf(`${image.repository}@${image.digest}`)?.state };
    trouble = undefined;
    await clock.advance(3 * HOUR);

    expect(during.failures).toBeGreaterThan(1);
    // Bounded: eight looks in a row for each event, then one for each sweep.
    expect(during.failures).toBeLessThan(120);
    expect(['unsigned', 'invalid']).not.toContain(during.state);
    expect(service.observations.verdictOf(`${image.repository}@${image.digest}`)?.state).toBe('verified');
    expect(wasOpen).toBe(false);
  });
});

describe.each(TROUBLES)('when %s later', (_what, lasting, scenario) => {
  test('what was verified stays so', async () => {
    await start();
    const image = await service.run(scenario);
    await service.settle();
    const trace = `${image.repository}@${image.digest}`;
    const before = service.observations.verdictOf(trace)?.state;
    trouble = lasting;
    const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/countersign-image';
    const name = { account: '123456789012', region: 'eu-west-1', ...image };
    await sendRecheck(service.account.clients.sqs, queueUrl, name, 0, clock.now());
    await clock.advance(2 * HOUR);

    expect(before).toBe('verified');
    expect(service.observations.verdictOf(trace)?.state).toBe('verified');
    expect(wasOpen).toBe(false);
  });
});
