import type { Import } from './imports.ts';

/** The domains of `core` and those each may lean on besides itself and the words at the top of `core`. What two of them share moves down. */
const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  signature: [],
  trust: ['signature'],
  // The table of calls that change access is a word of IAM, a threat one of the threats, a result of Config one of the controls; the events only recognise them.
  events: ['iam', 'threats', 'controls'],
  findings: ['trust', 'signature', 'ledger'],
  ledger: ['trust', 'signature'],
  config: ['trust', 'signature'],
  images: ['trust', 'signature', 'findings', 'ledger'],
  iam: ['trust', 'signature', 'findings', 'ledger'],
  controls: ['findings', 'ledger'],
  threats: ['trust', 'signature', 'findings', 'ledger'],
};

/** The packages that are pure computation. */
const PURE_PACKAGES = ['zod', '@bufbuild/re2', '@tufjs/models', '@noble/curves', 'cborg', '@marcbachmann/cel-js'];
const PURE_BUILTINS = ['node:crypto', 'node:util'];

/** What of `core` the stacks are made from: the configuration, and the calls whose events are asked for. */
const STACK_KNOWS = [
  'lambdas/core/config/',
  'lambdas/core/errors.ts',
  'lambdas/core/playbook-names.ts',
  'lambdas/core/iam/heartbeat/canary-role.ts',
  'lambdas/core/iam/write-surface.ts',
  'lambdas/core/iam/writes/',
];

/** Where the SDK may be imported, types included. */
const SDK = /^@(?:aws-sdk|smithy)\//;

/** What is wrong with an import, or undefined. */
export function judgeImport({ file, target }: Import): string | undefined {
  const [top = '', second = ''] = file.split('/');
  const [into = '', area = ''] = target.split('/');
  const isPath = target.endsWith('.ts') || target.endsWith('.tsx');
  if (top === 'lambdas') {
    if (isPath && into !== 'lambdas') return 'what is deployed imports nothing outside of lambdas';
    if (second === 'core') return judgeCoreImport(file, target, isPath);
    if (second === 'aws') return isPath && !['core', 'aws'].includes(area) ? 'an adapter imports core only' : undefined;
    if (isPath && !['core', 'aws', second].includes(area)) return 'a function imports core, aws and itself';
    if (SDK.test(target)) return 'only adapters import the SDK';
  }
  if (top === 'lib' && isPath && !(into === 'lib' || STACK_KNOWS.some((start) => target.startsWith(start)))) {
    return 'the stack knows of the functions only their configuration, and what they listen to and plant on';
  }
  if (top === 'local' && isPath && ['bin', 'test', 'bench'].includes(into))
    return 'the embedded account imports no tool';
  if (top === 'bin' && isPath && ['test', 'bench'].includes(into)) return 'a tool imports no test';
  return undefined;
}

function judgeCoreImport(file: string, target: string, isPath: boolean): string | undefined {
  if (!isPath) {
    const pure = PURE_BUILTINS.includes(target) || PURE_PACKAGES.some((name) => isPackage(target, name));
    return pure ? undefined : 'core imports pure packages only';
  }
  const [, second, domain = ''] = target.split('/');
  if (second !== 'core') return 'core imports core only';
  if (domain.endsWith('.ts')) return undefined;
  const [, , own = ''] = file.split('/');
  if (own.endsWith('.ts')) return 'the words at the top of core lean on no domain';
  const allowed = DOMAINS[own];
  if (allowed === undefined) return `${own} is no domain of core that the table in this test knows`;
  return domain === own || allowed.includes(domain) ? undefined : `${own} does not lean on ${domain}`;
}

function isPackage(target: string, name: string): boolean {
  return target === name || target.startsWith(`${name}/`);
}

/** What makes code answer differently at another time or place. Arguments bring all of it into `core`. */
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'the clock'],
  [/\bnew Date\(\s*\)/, 'the clock'],
  [/\bDate\(\s*\)/, 'the clock'],
  [/\bperformance\b/, 'the clock'],
  [/\bprocess\b/, 'the environment'],
  [/\bMath\.random\b/, 'randomness'],
  [/\brandom(?:Bytes|UUID|Int|Fill)\b|\bgetRandomValues\b|\bgenerateKey/, 'randomness'],
  [/\bset(?:Timeout|Interval|Immediate)\b/, 'timers'],
  [/\bconsole\b/, 'output'],
  [/(?<![.\w])fetch\(/, 'the network'],
  [/\bglobalThis\b/, 'globals'],
  [/\bnew RegExp\(/, "an expression that is not known when the code is read: users' run on RE2"],
];

/** The impure things a source of `core` uses, comments left aside. */
export function findImpurities(source: string): readonly string[] {
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/'[^'\n]*'|`[^`]*`/g, "''");
  return IMPURE.filter(([expression]) => expression.test(code)).map(([, what]) => what);
}
