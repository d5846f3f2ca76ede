import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { compilePattern, EventPatternError } from '../../../local/account/event-pattern.ts';
import { corpusPath } from '../../support/corpus.ts';
import { resourcesOf } from '../../support/template.ts';
import { requireProgram } from '../harness/absent.ts';
import type { Checks } from '../harness/checks.ts';
import type { Workbench } from '../harness/workbench.ts';
import { generatePairs, mutateEvent, type Pair } from './generated-patterns.ts';

type Answer = 'true' | 'false' | 'refused';

/** The pattern engine of the embedded account against event-ruler, the one that EventBridge itself runs on: both must answer every pair alike. */
export async function checkEventPatterns(bench: Workbench, checks: Checks): Promise<void> {
  const ruler = await bench.eventRuler();
  const java = requireProgram('java');
  const { template } = await bench.synthesized();
  const patterns = resourcesOf(template, 'AWS::Events::Rule').flatMap(
    ([, { Properties }]) => Properties.EventPattern ?? [],
  );

  const askRuler = async (pairs: readonly Pair[]): Promise<Answer[]> => {
    const input = pairs.map((pair) => `${JSON.stringify(pair)}\n`).join('');
    const classPath = [ruler, join(ruler, '*')].join(delimiter);
    const output = await bench.processes.must([java, '-cp', classPath, 'RulerLine'], { input });
    const lines = output.trimEnd().split('\n');
    assert.equal(lines.length, pairs.length, 'one answer to each pair');
    return lines.map((line) => (line === 'true' || line === 'false' ? line : 'refused'));
  };
  const agree = (pairs: readonly Pair[]) => async () => {
    const theirs = await askRuler(pairs);
    const different = pairs.flatMap((pair, index) => {
      const ours = askOurs(pair);
      return ours === theirs[index] ? [] : [`${JSON.stringify(pair)}: ours ${ours}, event-ruler ${theirs[index]}`];
    });
    assert.deepEqual(different.slice(0, 5), [], `${different.length} of ${pairs.length} differ`);
    const count = (answer: Answer) => theirs.filter((one) => one === answer).length;
    return `${pairs.length} pairs, ${count('true')} match, ${count('refused')} refused`;
  };
  const withRules = (events: readonly unknown[]): Pair[] =>
    patterns.flatMap((pattern) => events.map((event) => ({ pattern, event })));

  await checks.check('the synthesized template has patterns', () => assert.ok(patterns.length > 0));
  await checks.check(
    'synthesized patterns and events of ECR with every field changed',
    agree(withRules(ECR_EVENTS.flatMap(mutateEvent))),
  );
  const folder = corpusPath('events');
  if (folder === undefined)
    checks.skip('synthesized patterns and real events', 'needs events under COUNTERSIGN_CORPUS');
  else await checks.check('synthesized patterns and real events', agree(withRules(readEvents(folder))));
  const cases = corpusPath('eventbridge-patterns', 'correctness-cases.json');
  if (cases === undefined) {
    checks.skip("event-ruler's own cases", 'needs eventbridge-patterns under COUNTERSIGN_CORPUS');
  } else {
    await checks.check("event-ruler's own cases", agree(readCases(cases)));
  }
  await checks.check(`generated patterns and events, seed ${bench.seed}`, agree(generatePairs(bench.seed, 600, 20)));
}

function askOurs({ pattern, event }: Pair): Answer {
  try {
    return compilePattern(pattern).matches(event) ? 'true' : 'false';
  } catch (error) {
    if (error instanceof EventPatternError) return 'refused';
    throw error;
  }
}

function ecrEvent(detailType: string, detail: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const common = { result: 'SUCCESS', 'repository-name': 'production/app', 'image-digest': `sha256:${'a'.repeat(64)}` };
  return {
    version: '0',
    id: '13cde686-328b-6117-af20-0e5566167482',
    'detail-type': detailType,
    source: 'aws.ecr',
    account: '123456789012',
    time: '2026-11-16T01:54:34Z',
    region: 'eu-west-1',
    resources: [],
    detail: { ...common, ...detail },
  };
}

/** One event of each kind, as the ECR user guide ("Amazon ECR events and EventBridge") shows them. */
const ECR_EVENTS = [
  ecrEvent('ECR Image Action', { 'action-type': 'PUSH', 'image-tag': 'v1' }),
  ecrEvent('ECR Image Action', { 'action-type': 'DELETE', 'image-tag': 'v1' }),
  ecrEvent('ECR Image Action', { 'action-type': 'PUSH', result: 'FAILURE' }),
  ecrEvent('ECR Referrer Action', {
    'action-type': 'PUSH',
    'artifact-media-type': 'application/vnd.dev.sigstore.bundle.v0.3+json',
  }),
  ecrEvent('ECR Image Scan', { 'scan-status': 'COMPLETE' }),
];

const record = z.record(z.string(), z.unknown());

/** Every JSON object under a folder: whole events, and where a file holds several, each. */
function readEvents(folder: string): unknown[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .flatMap((entry) => parseLeniently(readFileSync(join(entry.parentPath, entry.name), 'utf8')))
    .flatMap((parsed) => (Array.isArray(parsed) ? parsed : [parsed]))
    .filter((parsed) => record.safeParse(parsed).success);
}

/** Some samples are malformed on purpose. */
function parseLeniently(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

function readCases(file: string): Pair[] {
  const cases = z.array(z.object({ rule: z.unknown(), event: z.unknown() }));
  return cases.parse(JSON.parse(readFileSync(file, 'utf8'))).map(({ rule, event }) => ({ pattern: rule, event }));
}
