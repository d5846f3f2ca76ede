import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { parseEvent } from '../../../lambdas/core/events/parse-event.ts';
import { writeRecheck } from '../../../lambdas/core/events/recheck.ts';
import { subjectOfTag } from '../../../lambdas/core/events/subject-of-tag.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

const DIGEST = digestOf('an image');
const NOON = Date.UTC(2026, 10, 23, 12);

/** In the form of the samples in the EventBridge Events Reference, Amazon ECR. */
function ecrEvent(detail: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: '0',
    id: '13cde686-328b-6117-af20-0e5566167482',
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account: '123456789012',
    time: '2026-11-23T12:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': 'acme/app',
      'image-digest': DIGEST,
      'action-type': 'PUSH',
      'image-tag': 'v1',
      ...detail,
    },
    ...envelope,
  });
}

describe('events of ECR', () => {
  test('a push is read with all that matters', () => {
    expect(parseEvent(ecrEvent())).toEqual({
      outcome: 'event',
      event: {
        kind: 'pushed',
        account: '123456789012',
        region: 'eu-west-1',
        repository: 'acme/app',
        digest: DIGEST,
        tag: 'v1',
        at: NOON,
        eventId: '13cde686-328b-6117-af20-0e5566167482',
      },
    });
  });

  test.each([
    ['no tag', undefined, undefined],
    ['an empty tag', '', undefined],
    ['null for a tag', null, undefined],
    ['the tag of a signature', `sha256-${'0'.repeat(64)}.sig`, `sha256-${'0'.repeat(64)}.sig`],
    ['the longest tag', 'x'.repeat(128), 'x'.repeat(128)],
  ])('%s', (_name, tag, expected) => {
    expect(parseEvent(ecrEvent({ 'image-tag': tag }))).toMatchObject({ outcome: 'event', event: { tag: expected } });
  });

  test.each(['ECR Image Action', 'ECR Referrer Action', 'ECR Artifact Action'])('%s', (type) => {
    const event = parseEvent(ecrEvent({}, { 'detail-type': type }));

    expect(event).toMatchObject({ outcome: 'event', event: { kind: 'pushed' } });
  });

  test('a deletion', () => {
    expect(parseEvent(ecrEvent({ 'action-type': 'DELETE' }))).toMatchObject({ event: { kind: 'deleted' } });
  });

  test.each([
    ['a push that failed', { result: 'FAILURE' }],
    ['another action', { 'action-type': 'PULL' }],
    ['an action that nobody knows yet', { 'action-type': 'TELEPORT' }],
  ])('%s changes nothing and is no fault', (_name, detail) => {
    expect(parseEvent(ecrEvent(detail)).outcome).toBe('no-change');
  });
});

describe('what is no event of ours goes to the dead letters with its reason', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'not-json'],
    ['no JSON', '{"version": "0", ', 'not-json'],
    ['a text', '"event"', 'malformed-event'],
    ['null', 'null', 'malformed-event'],
    ['a list', '[]', 'malformed-event'],
    ['a message beyond SQS', `"${'x'.repeat(1024 * 1024)}"`, 'too-large'],
    ['another source', ecrEvent({}, { source: 'my.app' }), 'unknown-event'],
    ['another type', ecrEvent({}, { 'detail-type': 'ECR Image Scan' }), 'unknown-event'],
    ['a type of the prototype', ecrEvent({}, { 'detail-type': 'constructor' }), 'unknown-event'],
    ['an account that is none', ecrEvent({}, { account: '12345678901' }), 'malformed-event'],
    ['an account with more behind it', ecrEvent({}, { account: '123456789012\n' }), 'malformed-event'],
    ['a region that leads elsewhere', ecrEvent({}, { region: 'evil.example/' }), 'malformed-event'],
    ['a time that is none', ecrEvent({}, { time: 'yesterday' }), 'malformed-event'],
    ['a digest that is none', ecrEvent({ 'image-digest': 'sha256:abc' }), 'malformed-event'],
    ['a digest in capitals', ecrEvent({ 'image-digest': DIGEST.toUpperCase() }), 'malformed-event'],
    ['a repository that leads elsewhere', ecrEvent({ 'repository-name': '../../etc' }), 'malformed-event'],
    ['a repository in capitals', ecrEvent({ 'repository-name': 'Acme/App' }), 'malformed-event'],
    ['a repository that is too long', ecrEvent({ 'repository-name': 'a'.repeat(257) }), 'malformed-event'],
    ['a tag with control characters', ecrEvent({ 'image-tag': 'v1\u001b[31m' }), 'malformed-event'],
    ['a tag that is a list', ecrEvent({ 'image-tag': ['v1'] }), 'malformed-event'],
    ['no detail', ecrEvent({}, { detail: undefined }), 'malformed-event'],
    ['a result that nobody knows', ecrEvent({ result: 'MAYBE' }), 'malformed-event'],
    [
      'our own message without a digest',
      writeRecheck({ account: '123456789012', region: 'eu-west-1', repository: 'a', digest: DIGEST }, NOON).replace(
        DIGEST,
        '',
      ),
      'malformed-event',
    ],
  ])('%s', (_name, body, code) => {
    expect(parseEvent(body)).toMatchObject({ outcome: 'rejected', reason: { code, message: expect.any(String) } });
  });

  test('keys of the prototype do nothing', () => {
    const body = ecrEvent().replace('"version":"0"', '"__proto__":{"source":"evil"},"version":"0"');

    expect(parseEvent(body)).toMatchObject({ outcome: 'event', event: { repository: 'acme/app' } });
  });

  test('JSON of any depth ends in a reason', () => {
    expect(parseEvent('['.repeat(100_000)).outcome).toBe('rejected');
    expect(parseEvent(`${'['.repeat(5000)}${']'.repeat(5000)}`).outcome).toBe('rejected');
  });
});

describe('our own message', () => {
  test('comes back as what was asked for', () => {
    const image = { account: '123456789012', region: 'us-gov-west-1', repository: 'acme/app', digest: DIGEST };

    expect(parseEvent(writeRecheck(image, NOON))).toMatchObject({
      outcome: 'event',
      event: { ...image, kind: 'recheck', at: NOON, tag: undefined },
    });
  });
});

describe('the tags of cosign', () => {
  const hex = DIGEST.slice(7);
  test.each([
    [`sha256-${hex}.sig`, DIGEST],
    [`sha256-${hex}.att`, DIGEST],
    [`sha256-${hex}.sbom`, DIGEST],
    [`sha256-${hex}`, DIGEST],
    [`sha256-${hex}.sig.bak`, undefined],
    [`sha256-${hex}.SIG`, undefined],
    [`sha256-${hex.toUpperCase()}.sig`, undefined],
    [`sha256-${hex.slice(1)}.sig`, undefined],
    [`x-sha256-${hex}.sig`, undefined],
    [`sha256-${hex}.sig\n`, undefined],
    ['latest', undefined],
    [undefined, undefined],
  ])('%s', (tag, subject) => {
    expect(subjectOfTag(tag)).toBe(subject);
  });
});

describe('10,000 mutated events', () => {
  const bytes = ecrEvent();
  const cut = fc.nat({ max: bytes.length }).map((at) => bytes.slice(0, at));
  const replaced = fc
    .tuple(fc.nat({ max: bytes.length - 1 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }))
    .map(([at, text]) => bytes.slice(0, at) + text + bytes.slice(at + 1));
  const member = fc.constantFrom('result', 'repository-name', 'image-digest', 'action-type', 'image-tag');
  const strange = fc.tuple(member, fc.jsonValue()).map(([key, value]) => ecrEvent({ [key]: value }));
  const envelope = fc.constantFrom('id', 'source', 'detail-type', 'account', 'region', 'time', 'detail');
  const strangeEnvelope = fc.tuple(envelope, fc.jsonValue()).map(([key, value]) => ecrEvent({}, { [key]: value }));

  test('each is a bounded event or a reason, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(cut, replaced, strange, strangeEnvelope, fc.string({ unit: 'binary' })), (body) => {
        const parsed = parseEvent(body);
        if (parsed.outcome === 'event') {
          const { account, region, repository, digest, tag, at, eventId } = parsed.event;
          expect(account).toMatch(/^\d{12}$/);
          expect(region).toMatch(/^[a-z0-9-]{1,32}$/);
          expect(repository).toMatch(/^[a-z0-9][a-z0-9._/-]{1,255}$/);
          expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
          if (tag !== undefined) expect(tag).toMatch(/^[\w][\w.-]{0,127}$/);
          expect(Number.isFinite(at)).toBe(true);
          expect(eventId.length).toBeLessThanOrEqual(128);
        } else {
          expect(parsed.reason.message.length).toBeLessThan(500);
          expect(parsed.reason.code).toMatch(/^[a-z-]+$/);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describeWithCorpus('the sample of a push', ['events', 'aws-lambda-go', 'ecr-image-push-event.json'], () => {
  const sample = readFileSync(corpusPath('events', 'aws-lambda-go', 'ecr-image-push-event.json') ?? '', 'utf8');

  test('has a digest that was cut for print, which is refused by its name', () => {
    expect(parseEvent(sample)).toMatchObject({
      outcome: 'rejected',
      reason: { code: 'malformed-event', message: expect.stringContaining('image-digest') },
    });
  });

  test('is read with a whole one', () => {
    expect(parseEvent(sample.replace(/sha256:[0-9a-f]+/, DIGEST))).toMatchObject({
      outcome: 'event',
      event: { kind: 'pushed', repository: 'my-repository-name', digest: DIGEST, tag: 'latest' },
    });
  });
});
