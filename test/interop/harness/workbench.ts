import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Moto, startMoto } from './moto.ts';
import { Processes } from './processes.ts';
import { prepareSigning, type Signing } from './signing.ts';
import { type PrivateSigstore, startSigstore } from './sigstore.ts';
import { type Synthesized, synthesize } from './synthesis.ts';
import { installEventRuler, installGoTools, installPythonTools } from './tools.ts';

/** What the peers of one run share. Each part is made when it is first asked for, and once; Absent is thrown to everybody who asks. */
export interface Workbench {
  /** Everything the run writes, logs included. */
  readonly folder: string;
  readonly processes: Processes;
  /** From which everything generated follows. */
  readonly seed: number;
  readonly goTools: () => Promise<string>;
  readonly pythonTools: () => Promise<string>;
  readonly eventRuler: () => Promise<string>;
  readonly moto: () => Promise<Moto>;
  /** The real cosign with keys of its own and a private Sigstore. */
  readonly signing: () => Promise<Signing>;
  /** The repository's own configuration, synthesized. */
  readonly synthesized: () => Promise<Synthesized>;
  /** Removes what a run in which nothing failed need not leave behind; logs and pictures stay. */
  tidy(): void;
  close(): void;
}

export function createWorkbench(seed: number): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-interop-'));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const processes = new Processes(logs);
  const goTools = once(() => installGoTools(processes));
  const pythonTools = once(() => installPythonTools(processes));
  let running: PrivateSigstore | undefined;
  return {
    folder,
    processes,
    seed,
    goTools,
    pythonTools,
    eventRuler: once(() => installEventRuler(processes)),
    moto: once(async () => startMoto(processes, await pythonTools())),
    signing: once(async () => {
      const bin = await goTools();
      running = await startSigstore(processes, bin, join(folder, 'sigstore'));
      return prepareSigning(processes, bin, join(folder, 'signing'), running);
    }),
    synthesized: once(() => synthesize(processes, join(folder, 'cdk.out'))),
    tidy: () => {
      for (const name of readdirSync(folder)) {
        if (name !== 'logs' && name !== 'console')
          rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
      }
    },
    close: () => {
      running?.stop();
      processes.endAll();
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    made.catch(() => undefined);
    return made;
  };
}
