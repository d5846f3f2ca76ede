import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeImages, parseImageReference, runsUntrusted } from '../../../lambdas/core/threats/join-images.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const DIGEST = `sha256:${'0'.repeat(64)}`;

test.each([
  [`${HOST}/acme/app`, { repository: 'acme/app', tag: 'latest' }],
  [`${HOST}/acme/app:1.2`, { repository: 'acme/app', tag: '1.2' }],
  [`${HOST}/acme/app:1.2@${DIGEST}`, { repository: 'acme/app', tag: '1.2', digest: DIGEST }],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app', { region: 'us-gov-west-1', repository: 'app' }],
])('%s is read', (text, expected) => {
  expect(parseImageReference(text)).toMatchObject(expected);
});

test.each([
  'nginx',
  `${HOST}.evil.test/acme/app`,
  `x${HOST}/acme/app`,
  `${HOST}/acme/app@sha256:00`,
  `${HOST}/../app`,
  `${HOST}/`,
])('%s is of no registry of ours', (text) => {
  expect(parseImageReference(text)).toBeUndefined();
});

test('any text is read or refused', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => parseImageReference(text) === undefined));
});

test('only what is known to fail counts as untrusted, and what is not known is said', () => {
  const image = (verdict: 'verified' | 'unknown' | 'pending' | 'unsigned' | 'invalid') => ({
    reference: `${HOST}/app`,
    verdict,
  });
  expect(runsUntrusted([image('verified'), image('unknown'), image('pending')])).toBe(false);
  expect(runsUntrusted([image('verified'), image('invalid')])).toBe(true);
  expect(describeImages([image('unknown')])).toBe('Of what runs there, of app no verdict is known.');
  expect(describeImages([])).toBe('');
});
