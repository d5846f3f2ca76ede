import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const policy = (Action: string | readonly string[], Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const read = policy('s3:GetObject');
const write = policy(['s3:GetObject', 's3:PutObject']);
const trust = (AWS: string) => ({ Statement: { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' } });

const save = (name: string, content: unknown) =>
  join(makeFolder({ [name]: typeof content === 'string' ? content : JSON.stringify(content) }), name);

const stdinOf = (...chunks: readonly (string | Uint8Array)[]) =>
  async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  };
const answerShape = z.looseObject({
  id: z.unknown(),
  verdict: z.string(),
  because: z.array(z.looseObject({ code: z.string() })),
});
const answersOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => answerShape.parse(JSON.parse(line)));

describe('iam compare A B', () => {
  it.each([
    ['equal', 0, read, policy('S3:getobject')],
    ['narrower', 0, write, read],
    ['wider', 1, read, write],
    ['incomparable', 1, read, policy('s3:PutObject')],
    ['unknown', 3, read, '{"Statement":7}'],
  ])('%s ends with %i', async (verdict, code, a, b) => {
    const files = [save('a.json', a), save('b.json', b)];

    const json = await runCli(['iam', 'compare', ...files, '--json']);
    const text = await runCli(['iam', 'compare', ...files]);

    expect(json).toMatchObject({ code, err: '' });
    expect(JSON.parse(json.out)).toMatchObject({
      verdict,
      because: expect.arrayContaining([expect.objectContaining({ message: expect.any(String) })]),
    });
    expect(text.code).toBe(code);
    expect(text.out).toMatch(new RegExp(`^${verdict}: `));
  });

  it('takes one of them from stdin, and percent-encoded as IAM answers it', async () => {
    const stdin = stdinOf(encodeURIComponent(JSON.stringify(read)));

    expect(await runCli(['iam', 'compare', save('a.json', read), '-'], { stdin })).toMatchObject({ code: 0 });
    expect(await runCli(['iam', 'compare', '-', '-'], { stdin })).toMatchObject({ code: 2, out: '' });
  });

  it('resolves unique ids by a file, and no others', async () => {
    const files = [
      save('a.json', trust('arn:aws:iam::123456789012:role/a')),
      save('b.json', trust('AROAEXAMPLEEXAMPLEEXA')),
    ];
    const principals = save('ids.json', { AROAEXAMPLEEXAMPLEEXA: 'arn:aws:iam::123456789012:role/a' });

    expect(await runCli(['iam', 'compare', ...files])).toMatchObject({ code: 3 });
    expect(await runCli(['iam', 'compare', ...files, '--principals', principals])).toMatchObject({ code: 0 });
    expect(await runCli(['iam', 'compare', ...files, '--principals', files[0] ?? ''])).toMatchObject({
      code: 2,
      out: '',
    });
  });

  it.each([
    ['no policy', []],
    ['one policy', ['a']],
    ['three policies', ['a', 'b', 'c']],
    ['files beside --ndjson', ['a', '--ndjson']],
  ])('%s is wrong usage', async (_, args) => {
    expect(await runCli(['iam', 'compare', ...args])).toMatchObject({ code: 2, out: '' });
  });

  it('a file that is not there cannot be decided', async () => {
    expect(await runCli(['iam', 'compare', join(makeFolder(), 'none'), save('b.json', read)])).toMatchObject({
      code: 3,
      out: '',
    });
  });

  it('shows no control characters of a policy', async () => {
    const odd = { Statement: { Sid: '\u001b[31m', Effect: 'Allow', Action: 's3:*', Resource: '\u202e' } };

    const { out } = await runCli(['iam', 'compare', save('a.json', read), save('b.json', odd)]);

    expect(out).toContain('\\u{1b}');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('iam', () => {
  it('tells what there is', async () => {
    expect(await runCli(['iam', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('compare') });
    expect(await runCli(['iam', 'comapre'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean compare?'),
    });
    expect(await runCli(['iam'])).toMatchObject({ code: 2, err: expect.stringContaining('iam what?') });
  });
});

describe('iam compare --ndjson', () => {
  const compareLines = (...chunks: readonly (string | Uint8Array)[]) =>
    runCli(['iam', 'compare', '--ndjson'], { stdin: stdinOf(...chunks) });

  it('answers each line in order, policies as objects, as text or none', async () => {
    const lines = [
      { id: 1, a: read, b: JSON.stringify(read) },
      { id: 'two', a: read, b: write },
      { id: 'three', a: encodeURIComponent(JSON.stringify(write)), b: read },
      { id: 'four', a: null, b: read },
      { id: 'five', a: 'no policy', b: 'no policy' },
      { id: 'six', a: {}, b: read },
    ];

    const { code, out } = await compareLines(lines.map((line) => JSON.stringify(line)).join('\n'));

    expect(code).toBe(0);
    expect(answersOf(out).map(({ id, verdict }) => [id, verdict])).toEqual([
      [1, 'equal'],
      ['two', 'wider'],
      ['three', 'narrower'],
      ['four', 'wider'],
      ['five', 'equal'],
      ['six', 'unknown'],
    ]);
    expect(answersOf(out)[4]?.because[0]?.code).toBe('malformed');
  });

  it('answers a line that cannot be read with an error, and goes on', async () => {
    const good = JSON.stringify({ id: 'good', a: read, b: read });
    const bad = [
      'no JSON',
      '[]',
      '{"id":"b","a":{}}',
      '{"id":"c","a":7,"b":{}}',
      `{"id":"d","a":{},"b":{"Statement":[],"Statement":[]}}`,
      '{"a":{},"b":{}}',
    ];
    const latin = Buffer.concat([Buffer.from('{"id":"e","a":"'), Buffer.from([0xff]), Buffer.from('","b":""}\n')]);

    const { code, out } = await compareLines(...bad.map((line) => `${line}\r\n${good}\n\n`), latin, good);

    const answers = answersOf(out);
    expect(code).toBe(3);
    expect(answers.map(({ verdict }) => verdict)).toEqual([...bad, latin].flatMap(() => ['error', 'equal']));
    expect(answers.flatMap(({ id, verdict }) => (verdict === 'error' ? [id] : []))).toEqual([
      null,
      null,
      'b',
      'c',
      'd',
      null,
      'e',
    ]);
    expect(answers[0]).toMatchObject({ line: 1, because: [{ code: 'malformed' }] });
  });

  it('holds no line that is too long, wherever the stream is cut', async () => {
    const good = `${JSON.stringify({ id: 1, a: read, b: write })}\n`;
    const long = Buffer.alloc(700_000, 'x');

    const { code, out } = await compareLines(
      good.slice(0, 9),
      good.slice(9),
      long,
      long,
      long,
      long,
      `\n${good}`,
      good,
    );

    expect(code).toBe(3);
    expect(answersOf(out).map(({ verdict }) => verdict)).toEqual(['wider', 'error', 'wider', 'wider']);
  });

  it('says nothing about nothing', async () => {
    expect(await compareLines('')).toEqual({ code: 0, out: '', err: '' });
    expect(await runCli(['iam', 'compare', '--ndjson'])).toEqual({ code: 0, out: '', err: '' });
  });
});
