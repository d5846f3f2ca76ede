import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, bundleSource } from './bundle.ts';
import { measureFreshStarts } from './fresh-process.ts';
import type { Section } from './section.ts';

/** The functions, each with a handler that has its AWS clients and does nothing with them. */
const FUNCTIONS = {
  'image-reaction': ['dynamodb', 'ecr', 'sqs'],
  recorder: ['security-hub', 'sqs'],
  sweep: ['dynamodb', 'ecr', 'sqs'],
} as const;

const GOAL = 1.25;
const ROUNDS = 15;

/** Size and cold start of each function's bundle against a handler of the same AWS clients alone. */
export async function measureFunctionStart(folder: string): Promise<readonly Section[]> {
  const rows = [];
  const parts = [];
  for (const [name, clients] of Object.entries(FUNCTIONS)) {
    const ours = await bundleInto(folder, name, "export { handler } from './index.ts';", `lambdas/${name}`);
    const hello = await bundleInto(folder, `${name}-hello`, helloHandler(clients), 'lambdas/aws');
    const [start, base] = measureFreshStarts([ours.file, hello.file], { rounds: ROUNDS });
    if (start === undefined || base === undefined) throw new Error(`${name} was not measured`);
    const size = ours.size / hello.size;
    const init = start.processor / base.processor;
    rows.push({
      cells: [
        name,
        `${kilobytes(ours.size)} / ${kilobytes(hello.size)}`,
        `${size.toFixed(2)}x`,
        `${start.processor.toFixed(0)} / ${base.processor.toFixed(0)} ms`,
        `${init.toFixed(2)}x`,
        `${(start.wall / base.wall).toFixed(2)}x`,
      ],
      goal: `<= ${GOAL}x`,
      met: size <= GOAL && init <= GOAL,
    });
    parts.push({ cells: [name, describeParts(ours)], goal: '', met: true });
  }
  return [
    {
      title: 'Function bundles against a handler of the same AWS clients alone',
      columns: ['function', 'size', 'ratio', 'import (processor)', 'ratio', 'ratio (clock)'],
      rows,
    },
    { title: 'What the bundles consist of', columns: ['function', 'largest parts'], rows: parts },
  ];
}

function bundleInto(folder: string, name: string, source: string, from: string): Promise<Bundle> {
  mkdirSync(join(folder, name), { recursive: true });
  return bundleSource(source, from, join(folder, name, 'index.mjs'));
}

function helloHandler(clients: readonly string[]): string {
  const names = clients.map((client) => client.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
  return [
    ...clients.map((client, index) => `import { ${names[index]} } from './clients/${client}.ts';`),
    ...names.map((name) => `const ${name}Client = ${name}();`),
    `export const handler = async () => ({ hello: [${names.map((name) => `${name}Client !== undefined`).join(', ')}] });`,
  ].join('\n');
}

function describeParts({ parts }: Bundle): string {
  return parts
    .slice(0, 14)
    .map(([name, size]) => `${name} ${kilobytes(size)}`)
    .join(', ');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
