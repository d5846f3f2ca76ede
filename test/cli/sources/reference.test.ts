import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../../../bin/sources/errors.ts';
import { isLoopbackHost, parseReference } from '../../../bin/sources/reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('image references', () => {
  test.each([
    ['alpine', 'registry-1.docker.io', 'library/alpine', 'latest', undefined],
    ['alpine:3.20', 'registry-1.docker.io', 'library/alpine', '3.20', undefined],
    ['acme/app', 'registry-1.docker.io', 'acme/app', 'latest', undefined],
    ['docker.io/alpine', 'registry-1.docker.io', 'library/alpine', 'latest', undefined],
    ['index.docker.io/acme/app:v1', 'registry-1.docker.io', 'acme/app', 'v1', undefined],
    ['localhost/app', 'localhost', 'app', 'latest', undefined],
    ['localhost:5000/app:v1', 'localhost:5000', 'app', 'v1', undefined],
    ['127.0.0.1:5001/demo/app', '127.0.0.1:5001', 'demo/app', 'latest', undefined],
    ['[::1]:5000/a/b__c', '[::1]:5000', 'a/b__c', 'latest', undefined],
    ['GHCR.io/acme/app', 'ghcr.io', 'acme/app', 'latest', undefined],
    [`ghcr.io/acme/app@${digest}`, 'ghcr.io', 'acme/app', undefined, digest],
    [`ghcr.io/acme/app:v1@${digest}`, 'ghcr.io', 'acme/app', 'v1', digest],
    [
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/a/b-c.d:x_Y.1-2',
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
      'a/b-c.d',
      'x_Y.1-2',
      undefined,
    ],
  ])('%s', (text, host, repository, tag, wanted) => {
    expect(parseReference(text)).toMatchObject({ host, repository, tag, digest: wanted });
  });

  test('the name is the one that cosign writes into signatures', () => {
    expect(parseReference('alpine').name).toBe('index.docker.io/library/alpine');
    expect(parseReference('ghcr.io/acme/app:v1').name).toBe('ghcr.io/acme/app');
  });

  test.each([
    '',
    '/',
    'a//b',
    'ghcr.io/',
    'ghcr.io/Acme/app',
    'ghcr.io/../app',
    'ghcr.io/acme/app:',
    'ghcr.io/acme/app:-x',
    `ghcr.io/acme/app:${'x'.repeat(129)}`,
    'ghcr.io/acme/app@sha256:abc',
    `ghcr.io/acme/app@sha512:${'a'.repeat(128)}`,
    `ghcr.io/acme/app@${digest}@${digest}`,
    `ghcr.io/acme/app@${digest.toUpperCase()}`,
    'user:password@ghcr.io/acme/app',
    'https://ghcr.io/acme/app',
    'ghcr.io:99999999/acme/app',
    'ghcr.io/acme/app?x=1',
    'ghcr.io/acme/app#x',
    'ghcr.io/acme/app%2f..',
    'ghcr.io/acme/app\n',
    'ghcr.io /acme/app',
    'x'.repeat(2000),
  ])('%j is none', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'bad-reference' }));
  });

  test('whatever the text, the result is a reference whose parts go into an address unchanged, or a typed error', () => {
    const pieces = fc.stringMatching(/^[a-z0-9.:/@_\-[\]%?#\\ A-Z]{0,60}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), pieces), (text) => {
        try {
          const { host, repository } = parseReference(text);
          const url = URL.parse(`https://${host}/v2/${repository}/x`);
          if (url !== null) {
            expect(url.pathname).toBe(`/v2/${repository}/x`);
            expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
          }
        } catch (problem) {
          expect(problem).toBeInstanceOf(SourceError);
          expect(problem instanceof Error && problem.message).toMatch(/^[\x20-\x7e]*$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('this machine', () => {
  test.each([
    ['localhost', true],
    ['localhost:5000', true],
    ['127.0.0.1:5001', true],
    ['127.8.9.1', true],
    ['[::1]:5000', true],
    ['localhost.example.com', false],
    ['127.0.0.1.example.com', false],
    ['10.0.0.1', false],
    ['[::2]', false],
    ['0.0.0.0', false],
    ['registry.localhost', false],
    ['169.254.169.254', false],
  ])('%s: %s', (host, local) => {
    expect(isLoopbackHost(host)).toBe(local);
  });
});
