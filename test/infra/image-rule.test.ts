import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { compilePattern } from '../../local/account/event-pattern.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { testConfiguration } from './configuration.ts';

const template = readTemplate(synthesizeTemplate({ configuration: testConfiguration }));
const patterns = resourcesOf(template, 'AWS::Events::Rule').flatMap(([, { Properties }]) =>
  Properties.EventPattern === undefined ? [] : [compilePattern(Properties.EventPattern)],
);
const matches = (event: unknown) => patterns.some((pattern) => pattern.matches(event));
const envelope = z.looseObject({
  'detail-type': z.string(),
  source: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
type Event = z.infer<typeof envelope>;

/** All EventBridge events among the samples of a folder, also those that lie in a list or under a key of a file. */
function readEvents(folder: string): [string, Event][] {
  const path = corpusPath('events', folder) ?? '';
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) =>
      eventsIn(parse(readFileSync(join(path, file), 'utf8')), 0).map((event): [string, Event] => [file, event]),
    );
}

function eventsIn(value: unknown, depth: number): Event[] {
  const event = envelope.safeParse(value);
  if (event.success) return [event.data];
  return depth < 4 && typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((one) => eventsIn(one, depth + 1))
    : [];
}

/** Undefined for the samples that are malformed on purpose. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describeWithCorpus(
  'the rule for images, by real events',
  ['events', 'aws-lambda-go', 'ecr-image-push-event.json'],
  () => {
    const path = corpusPath('events', 'aws-lambda-go', 'ecr-image-push-event.json') ?? '';
    const push = envelope.parse(JSON.parse(readFileSync(path, 'utf8')));
    const withDetail = (change: Record<string, unknown>) => ({ ...push, detail: { ...push.detail, ...change } });

    it('takes the push of an image', () => {
      expect(matches(push)).toBe(true);
    });

    it.each([
      ['a deletion', withDetail({ 'action-type': 'DELETE' })],
      ['a push without a tag', { ...push, detail: { ...push.detail, 'image-tag': undefined } }],
      ['a push with an empty tag', withDetail({ 'image-tag': '' })],
      ['a signature under a tag', withDetail({ 'image-tag': `sha256-${'0'.repeat(64)}.sig` })],
      ['a referrer', { ...push, 'detail-type': 'ECR Referrer Action' }],
      ['an artifact', { ...push, 'detail-type': 'ECR Artifact Action' }],
      [
        'a push with fields that nobody knows yet',
        withDetail({ 'manifest-media-type': 'application/vnd.oci.image.manifest.v1+json', tomorrow: [1] }),
      ],
    ])('takes %s', (_what, event) => {
      expect(matches(event)).toBe(true);
    });

    it.each([
      ['a failed push', withDetail({ result: 'FAILURE' })],
      ['a read, which our own verification causes', withDetail({ 'action-type': 'PULL' })],
      ['a scan', { ...push, 'detail-type': 'ECR Image Scan' }],
      ['the same from another source', { ...push, source: 'my.application' }],
      ['our own re-check', { ...push, source: 'countersign', 'detail-type': 'Countersign Image Recheck' }],
    ])('leaves %s', (_what, event) => {
      expect(matches(event)).toBe(false);
    });

    it('takes no other event of the samples', () => {
      const folders = [
        'aws-lambda-go',
        'cloud-custodian',
        'config-transformerd',
        'guardduty-sample',
        'security-hub-asr',
      ].filter((folder) => corpusPath('events', folder));

      const events = folders.flatMap(readEvents);

      expect(events.length).toBeGreaterThan(20);
      expect(events.filter(([, event]) => matches(event)).map(([file]) => file)).toEqual(['ecr-image-push-event.json']);
    });
  },
);
