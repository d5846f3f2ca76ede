import { sendRecheck } from '../lambdas/aws/queues.ts';
import { virtualClock } from '../local/account/clock.ts';
import { describeTemplate, startEmbeddedService } from '../local/embedded-service.ts';
import type { Scenario } from '../local/scenarios/scenario.ts';
import { signedByKey } from '../local/scenarios/signed-by-key.ts';
import { signedByWorkflow } from '../local/scenarios/signed-by-workflow.ts';
import { unsigned } from '../local/scenarios/unsigned.ts';
import { testConfiguration } from '../test/infra/configuration.ts';
import { seededRandom } from '../test/local/account/prepare.ts';
import { SweepWorld } from '../test/support/sweep-world.ts';
import type { Row, Section } from './section.ts';

const PLACE = { account: '123456789012', region: 'eu-west-1' };
const MINUTE = 60_000;

/** What the guarantee behind the events costs: calls to AWS of a sweep, and of a look at an image that a sweep asks for. Counted, not timed. */
export async function countSweepCalls(): Promise<readonly Section[]> {
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
  const template = describeTemplate(testConfiguration.compiled);
  const looks = [];
  for (const [name, scenario] of LOOKS) looks.push(await countLook(name, scenario, template));
  return [
    {
      title: 'AWS calls of a sweep in which nothing changed',
      columns: ['registry', 'calls', 'calls per image'],
      rows: [await countUnchanged(1, 1000, template), await countUnchanged(50, 20, template)],
    },
    {
      title: 'AWS calls of a look at an image whose verdict stays as it is',
      columns: ['image', 'ECR', 'DynamoDB', 'SQS'],
      rows: looks,
    },
  ];
}

const LOOKS: readonly (readonly [string, Scenario])[] = [
  ['signed, a bundle as referrer', signedByWorkflow],
  ['signed by key', signedByKey],
  ['not signed', unsigned],
];

/** Two calls for each hundred images of a repository, and what a run costs by itself. */
async function countUnchanged(repositories: number, images: number, template: unknown): Promise<Row> {
  const world = await SweepWorld.start(template);
  try {
    for (let number = 0; number < repositories; number += 1) {
      for (const digest of await world.fill(`acme/${number}`, images)) await world.judge(`acme/${number}`, digest);
    }
    await world.run();
    const result = await world.run();
    const calls = world.sent.length;
    const expected = 5 + 2 * repositories * Math.ceil(images / 100);
    const all = repositories * images;
    return {
      cells: [`${repositories} x ${images} images`, String(calls), (calls / all).toFixed(4)],
      goal: `<= ${expected}`,
      met: calls <= expected && result.images === all && result.asks === 0,
    };
  } finally {
    await world.service.stop();
  }
}

/** Counts what the reaction sends for one recheck, once the verdict stands. */
async function countLook(name: string, scenario: Scenario, template: unknown): Promise<Row> {
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  const random = seededRandom(1);
  const service = await startEmbeddedService({ clock, graceSeconds: 60, random, onFailure: () => {}, template });
  try {
    const image = await service.run(scenario);
    await service.settle();
    const { account } = service;
    const queueUrl = `https://sqs.${PLACE.region}.amazonaws.com/${PLACE.account}/countersign-image`;
    await sendRecheck(account.clients.sqs, queueUrl, { ...PLACE, ...image }, 0, clock.now());
    const since = account.timeline().at(-1)?.sequence;
    await clock.advance(MINUTE);
    const calls = account.timeline(since).flatMap(({ step, summary }) => (step === 'api' ? [summary] : []));
    const count = (service_: string) => calls.filter((call) => call.startsWith(`${service_}:`)).length;
    const [ecr, dynamodb, sqs] = [count('ecr'), count('dynamodb'), count('sqs')];
    return {
      cells: [name, String(ecr), String(dynamodb), String(sqs)],
      goal: '<= 6 + 2 + 0',
      met: ecr <= 6 && dynamodb <= 2 && sqs === 0 && ecr > 0,
    };
  } finally {
    await service.stop();
  }
}
