import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBundle } from '../../lambdas/core/signature/bundle.ts';
import { readBundleCases } from '../support/bundle-cases.ts';
import { corpusPath } from '../support/corpus.ts';
import { takeSample } from '../support/envelope-samples.ts';
import { listParserCases } from './parser-cases.ts';
import type { Context, FuzzCase } from './target.ts';

/** All valid inputs at hand: those of the fixture, those of the parsers, and the public ones where the sample data is there. */
export function listCases(): readonly FuzzCase[] {
  const fixture = readFixture('cases.json');
  return [...fixture.cases, ...readFixture('tuf.json').cases, ...listParserCases(fixture.root), ...readPublicCases()];
}

function readFixture(file: string): { readonly root: unknown; readonly cases: readonly FuzzCase[] } {
  const { roots, cases } = JSON.parse(readFileSync(new URL(`../fixtures/fuzz/${file}`, import.meta.url), 'utf8')) as {
    readonly roots: Readonly<Record<string, unknown>>;
    readonly cases: readonly { name: string; target: string; text?: string; base64?: string; context: Context }[];
  };
  return {
    root: roots.private,
    cases: cases.map(({ name, target, text, base64, context }) => ({
      name,
      target,
      input: text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text),
      context: { ...context, ...(typeof context.root === 'string' && { root: roots[context.root] }) },
    })),
  };
}

/** Public inputs of the formats that have some. Those that do not verify are no cases: the run itself leaves them out. */
function readPublicCases(): readonly FuzzCase[] {
  return [...readBundles(), ...readEnvelopes(), ...readEvents()];
}

function readBundles(): readonly FuzzCase[] {
  return readBundleCases().flatMap(({ name, bundle, artifact, root, key }) => {
    const context = {
      root,
      ...(key !== undefined && { key }),
      ...(artifact !== undefined && { artifact: artifact.toString('base64') }),
    };
    return [{ name, target: 'bundle', input: bundle, context }, ...takeApart(name, bundle, context)];
  });
}

/** The parts of a public bundle as cases of their own: real log entries of every kind, checkpoints with witnesses, certificates, time stamps. */
function takeApart(name: string, bundle: Buffer, context: Context): readonly FuzzCase[] {
  try {
    const { entries, timestamps, stamped, certificate } = parseBundle(bundle);
    const at = Number(entries[0]?.integratedTime ?? 0n) * 1000;
    return [
      ...entries.flatMap(({ body, logId, proof }) => [
        { name, target: 'log-entry', input: body, context: { ...context, bundle: bundle.toString('base64') } },
        ...(proof?.checkpoint === undefined
          ? []
          : [
              {
                name,
                target: 'checkpoint',
                input: Buffer.from(proof.checkpoint),
                context: { root: context.root, logId },
              },
            ]),
      ]),
      ...timestamps.map((input) => ({
        name,
        target: 'timestamp',
        input,
        context: { root: context.root, signed: Buffer.from(stamped).toString('base64') },
      })),
      ...(certificate === undefined || at === 0
        ? []
        : [{ name, target: 'certificate', input: Buffer.from(certificate.der), context: { root: context.root, at } }]),
    ];
  } catch {
    // Some are wrong on purpose.
    return [];
  }
}

function readEnvelopes(): readonly FuzzCase[] {
  const folder = corpusPath('notation-envelopes', 'timestamp', 'sigEnv');
  if (folder === undefined) return [];
  return readdirSync(folder).map((name) => {
    const input = readFileSync(join(folder, name));
    const { anchors, stampRoots } = takeSample(input);
    const write = (list: readonly Buffer[]) => list.map((der) => der.toString('base64'));
    return {
      name,
      target: input[0] === 0x7b ? 'jws' : 'cose',
      input,
      context: {
        anchors: write(anchors),
        stampRoots: write(stampRoots),
        identity: '*',
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: 'sha256:c0669ef34cdc14332c0f1ab0c2c01acb91d96014b172f1a76f3a39e63d1f0bda',
        size: 528,
        now: Date.UTC(2026, 10, 23, 12),
      },
    };
  });
}

function readEvents(): readonly FuzzCase[] {
  const folder = corpusPath('events', 'cloud-custodian');
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((name) => /iam|ecr|securityhub/.test(name))
    .map((name) => ({ name, target: 'event', input: readFileSync(join(folder, name)), context: {} }));
}
