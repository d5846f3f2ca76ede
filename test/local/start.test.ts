import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../local/arguments.ts';
import { describeResults } from '../../local/check-scenarios.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { buildImage } from '../../local/sigstore/images.ts';

describe('the command line of npm start', () => {
  test('listens on 127.0.0.1:4173 and may take another port when nothing is said', () => {
    expect(parseArguments([], {})).toEqual({
      host: '127.0.0.1',
      port: 4173,
      portGiven: false,
      allowRemote: false,
      once: false,
      graceSeconds: 20,
      verbose: false,
      help: false,
    });
  });

  test('takes the port from the environment, and the option before it', () => {
    expect(parseArguments([], { PORT: '8080' })).toMatchObject({ port: 8080, portGiven: true });
    expect(parseArguments(['--port', '9090'], { PORT: '8080' })).toMatchObject({ port: 9090, portGiven: true });
    expect(parseArguments([], { PORT: '' })).toMatchObject({ port: 4173, portGiven: false });
  });

  test.each([
    ['--port', '-1'],
    ['--port', '65536'],
    ['--port', '80x'],
    ['--port'],
    ['--grace', '0'],
    ['--grace', '1.5'],
    ['--unknown'],
    ['more'],
    ['--once=yes'],
  ])('refuses %s %s', (...args) => {
    expect(() => parseArguments(args, {})).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('the scenarios', () => {
  test('have names of their own and a sentence each', () => {
    const names = SCENARIOS.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const { name, expectation } of SCENARIOS) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(expectation).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('are shown with what was wrong', () => {
    const [scenario] = SCENARIOS;
    if (scenario === undefined) throw new Error('no scenario');
    const subject = { kind: 'image', repository: 'acme/web', digest: buildImage('x').digest } as const;

    const table = describeResults([
      { scenario, subject, state: 'verified', finding: 'archived', asExpected: true },
      { scenario, subject, state: 'pending', finding: 'open', asExpected: false },
    ]);

    expect(table).toMatch(/^ok +signed/m);
    expect(table).toMatch(/^WRONG +signed .* pending \(expected verified\) +open \(expected archived\)$/m);
  });
});
