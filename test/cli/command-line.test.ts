import { describe, expect, test, vi } from 'vitest';
import { runCli, spawnCli } from '../support/run-cli.ts';

// Processes are started, and replay loads the construct library.
vi.setConfig({ testTimeout: 60_000 });

const COMMANDS = ['verify', 'verify-bundle', 'config', 'replay', 'plan', 'trust'];
/** Nothing listens there. */
const IMAGE = `127.0.0.1:1/acme/app@sha256:${'a'.repeat(64)}`;
const NEVER = 'globalThis.fetch = () => new Promise(() => {});';

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s shows every command', async (option) => {
    const { code, out, err } = await runCli([option]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of COMMANDS) expect(out).toContain(command);
  });

  test.each(COMMANDS)('%s --help describes the command and its exit codes', async (command) => {
    const { code, out, err } = await runCli([command, '--help']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`countersign ${command}`);
    expect(out).toMatch(/Exit codes: 0 .*1? .*2 .*70 /s);
  });

  test('--version names the version', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
  });
});

describe('wrong usage', () => {
  test.each<[string, string[]]>([
    ['which command?', []],
    ['there is no command verfy; did you mean verify?', ['verfy']],
    ['there is no command constructor', ['constructor']],
    ['there is no option --json before a command', ['--json', 'verify']],
    ['there is no option --polcy; did you mean --policy?', ['verify', IMAGE, '--polcy', 'x']],
    ['REF is missing', ['verify', '--policy', 'x']],
    ['one REF is taken, and 2 are given', ['verify', IMAGE, IMAGE, '--policy', 'x']],
    ['whom to trust?', ['verify', IMAGE]],
    ['whom to trust?', ['verify', IMAGE, '--trusted-root', 'x']],
    ['--policy is given twice', ['verify', IMAGE, '--policy', 'a', '--policy', 'b']],
    ['--notation-config says who is trusted', ['verify', IMAGE, '--notation-config', 'a', '--policy', 'b']],
    ['--notation-config says who is trusted', ['verify', IMAGE, '--notation-config', 'a', '--trusted-root', 'b']],
    ['--notation-config says who is trusted', ['verify', IMAGE, '--notation-config', 'a', '--source-uri', 'b']],
    ['--source-tag needs --source-uri', ['verify', IMAGE, '--source-tag', 'v1', '--trusted-root', 'r']],
    ['--builder-id needs --source-uri', ['verify', IMAGE, '--builder-id', 'x', '--trusted-root', 'r']],
    ['--source-uri takes a repository', ['verify', IMAGE, '--source-uri', 'ssh://x', '--trusted-root', 'r']],
    ['repositories of github.com only', ['verify', IMAGE, '--source-uri', 'gitlab.com/a/b', '--trusted-root', 'r']],
    ['countersign downloads no trust roots', ['verify', IMAGE, '--source-uri', 'github.com/a/b']],
    [
      'give one of --source-tag and --source-versioned-tag',
      [
        ...['verify', IMAGE, '--source-uri', 'github.com/a/b', '--source-tag', 'v1', '--source-versioned-tag', 'v1'],
        ...['--trusted-root', 'r'],
      ],
    ],
    ...['1.2', 'v1.2.', 'v01', 'v1-rc', 'v1.2.3-01', 'latest'].map((version): [string, string[]] => [
      '--source-versioned-tag takes a semantic version',
      ['verify', IMAGE, '--source-uri', 'github.com/a/b', '--source-versioned-tag', version, '--trusted-root', 'r'],
    ]),
    ...['x@', '@v1', 'a@b@c', 'https://builder.example', 'https://github.com/actions/runner@v1'].map(
      (id): [string, string[]] => [
        '--builder-id',
        ['verify', IMAGE, '--source-uri', 'github.com/a/b', '--builder-id', id, '--trusted-root', 'r'],
      ],
    ),
    ['--policy says who is trusted', ['verify', IMAGE, '--policy', 'a', '--source-uri', 'github.com/a/b']],
    ['--notation-config needs --scope', ['verify-bundle', '--bundle', 'b', '--notation-config', 'a', 'x']],
    [
      '--scope goes with --notation-config',
      ['verify-bundle', '--bundle', 'b', '--scope', 'a', '--key', 'k', '--insecure-ignore-tlog', 'x'],
    ],
    ['--key is empty', ['verify', IMAGE, '--key', '', '--insecure-ignore-tlog']],
    ['--certificate-identity is empty', ['verify', IMAGE, '--certificate-identity= ']],
    ['--policy says who is trusted, so --key cannot', ['verify', IMAGE, '--policy', 'x', '--key', 'y']],
    [
      '--policy says who is trusted, so --insecure-ignore-tlog cannot',
      ['verify', IMAGE, '--policy', 'x', '--insecure-ignore-tlog'],
    ],
    ['--key needs --trusted-root', ['verify', IMAGE, '--key', 'x']],
    ['--key takes a file', ['verify', IMAGE, '--key', 'awskms://x', '--insecure-ignore-tlog']],
    [
      '--key and --certificate-identity name two signers',
      ['verify', IMAGE, '--key', 'x', '--certificate-identity', 'y', '--certificate-oidc-issuer', 'z'],
    ],
    [
      '--certificate-identity needs --certificate-oidc-issuer',
      ['verify', IMAGE, '--certificate-identity', 'x', '--trusted-root', 'r'],
    ],
    [
      '--certificate-oidc-issuer needs --certificate-identity',
      ['verify', IMAGE, '--certificate-oidc-issuer', 'x', '--trusted-root', 'r'],
    ],
    [
      'countersign downloads no trust roots',
      ['verify', IMAGE, '--certificate-identity', 'x', '--certificate-oidc-issuer', 'y'],
    ],
    [
      '--insecure-ignore-tlog goes with --key only',
      [
        ...['verify', IMAGE, '--certificate-identity', 'x', '--certificate-oidc-issuer', 'y'],
        ...['--trusted-root', 'r', '--insecure-ignore-tlog'],
      ],
    ],
    ['--insecure-ignore-tlog goes with --key only', ['verify', IMAGE, '--insecure-ignore-tlog']],
    [
      'has to be anchored',
      ['verify', IMAGE, '--certificate-identity-regexp', 'x', '--certificate-oidc-issuer', 'y', '--trusted-root', 'r'],
    ],
    [
      'give one of --certificate-identity and --certificate-identity-regexp',
      [
        ...['verify', IMAGE, '--certificate-identity-regexp', '^x$', '--certificate-identity', 'x'],
        ...['--certificate-oidc-issuer', 'y', '--trusted-root', 'r'],
      ],
    ],
    [
      '--scope goes with --policy',
      ['verify', IMAGE, '--key', 'trust/demo-release-key.pub', '--insecure-ignore-tlog', '--scope', 'x'],
    ],
    ['FILE_OR_DIGEST is missing', ['verify-bundle', '--bundle', 'x']],
    ['--bundle is missing', ['verify-bundle', 'x']],
    ['config what?', ['config']],
    ['there is no config chek', ['config', 'chek']],
    ['one FILE is checked at a time', ['config', 'check', 'a', 'b']],
    ['there is no option --strict', ['config', 'check', '--strict']],
    ['EVENT.json is missing', ['replay']],
    ['there is no option --imag; did you mean --image?', ['replay', 'x', '--imag', 'y']],
    ['trust what?', ['trust']],
    ['trust what?', ['trust', 'pim']],
  ])('%s', async (message, args) => {
    const { code, out, err } = await runCli(args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.split('\n')[0]).toContain(message);
    expect(err).toContain('Exit codes:');
  });

  test.each([
    [
      'verify',
      ['verify', 'ghcr.io/acme/app@sha256:abc', '--key', 'trust/demo-release-key.pub', '--insecure-ignore-tlog'],
    ],
    ['verify', ['verify', 'UPPER/case', '--key', 'trust/demo-release-key.pub', '--insecure-ignore-tlog']],
  ])('%s with a malformed reference', async (_, args) => {
    const { code, out, err } = await runCli(args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('is not an image reference');
  });

  test('a layout under a policy needs a scope', async () => {
    const { code, err } = await runCli(['verify', 'oci:folder', '--policy', 'trust-policy.yaml']);

    expect(code).toBe(2);
    expect(err).toContain('--scope');
  });

  test('what was typed is not obeyed by the terminal', async () => {
    const { err } = await runCli(['\u001b]0;gotcha\u0007\u202e']);

    expect(err).toContain('\\u{1b}]0;gotcha\\u{7}\\u{202e}');
    expect(err).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u);
  });
});

describe('a fault of the program', () => {
  const broken = () => {
    throw new TypeError('cannot read \u001b[31m of undefined');
  };

  test('is 70, short, and never yes or no', async () => {
    const { code, err } = await runCli(['--help'], { out: broken });

    expect(code).toBe(70);
    expect(err).toContain('unexpected error, nothing was decided: cannot read \\u{1b}[31m of undefined');
    expect(err).not.toContain('    at ');
  });

  test('shows its stack with COUNTERSIGN_DEBUG', async () => {
    const { err } = await runCli(['--help'], { out: broken, environment: { COUNTERSIGN_DEBUG: '1' } });

    expect(err).toContain('    at ');
    expect(err).not.toContain('\u001b');
  });

  test.each([
    ['an exception outside of every promise', `${NEVER} setTimeout(() => { throw new Error('stray') }, 20)`],
    ['a promise that nobody awaits', `${NEVER} setTimeout(() => { Promise.reject(new Error('stray')) }, 20)`],
    [
      'a module that cannot be loaded',
      "import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { if (url.endsWith('/verify.ts')) throw new Error('broken'); return next(url, context); } })",
    ],
    [
      'a program that cannot be loaded',
      "import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { if (url.endsWith('/command-line.ts')) throw new Error('broken'); return next(url, context); } })",
    ],
    ['an answer that never comes', NEVER],
  ])('%s is 70', async (_, before) => {
    const args = ['verify', IMAGE, '--key', 'trust/demo-release-key.pub', '--insecure-ignore-tlog'];
    const { code, out } = await spawnCli(args, { before });

    expect({ code, out }).toEqual({ code: 70, out: '' });
  });
});

describe('as a process', () => {
  test('a reader that stops reading does not change the exit code', async () => {
    expect(await spawnCli(['--help'], { deaf: true })).toEqual({ code: 0, out: '', err: '' });
  });

  test('wrong usage leaves stdout alone', async () => {
    const { code, out, err } = await spawnCli(['verify']);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('REF is missing');
  });
});

describe('countersign help', () => {
  test.each([
    [['verify'], 'countersign verify REF'],
    [['explain'], 'countersign explain REF'],
    [['sweep'], 'countersign sweep --repository'],
    [['trust'], 'countersign trust pin'],
    [['trust', 'test'], 'countersign trust test FILE'],
  ])('%j describes the command', async (words, text) => {
    const { code, out, err } = await runCli(['help', ...words]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.startsWith(text)).toBe(true);
    expect(out).toContain('Exit codes:');
  });

  test('of no command is wrong usage', async () => {
    expect(await runCli(['help', 'verfy'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean verify?'),
    });
  });
});
