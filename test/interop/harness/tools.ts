import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireProgram } from './absent.ts';
import { cached } from './cache.ts';
import { PeerError, type Processes } from './processes.ts';

const here = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const INSTALLATION = { timeout: 12 * 60_000 };

/** Installs the Go programs of the module `gotools` (go.sum): cosign, fulcio, crane and the like, and four of our own. Returns their folder. */
export async function installGoTools(processes: Processes): Promise<string> {
  const go = requireProgram('go');
  const version = await processes.must([go, 'env', 'GOVERSION']);
  const module = here('gotools');
  return cached('gotools', [module], version, async (folder) => {
    await processes.must([go, 'install', '-ldflags=-s -w', './cmd/...', 'tool'], {
      ...INSTALLATION,
      cwd: module,
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=readonly -buildvcs=false' },
    });
  });
}

/** Installs moto and cfn-lint (python/requirements.txt, every file by its hash). Returns the folder of their commands. */
export async function installPythonTools(processes: Processes): Promise<string> {
  const python = requireProgram('python3');
  const version = await processes.must([python, '-c', 'import sys; print(sys.version)']);
  const requirements = here('python/requirements.txt');
  const folder = await cached('python', [requirements], version, async (environment) => {
    await processes.must([python, '-m', 'venv', environment]);
    const pip = [join(environment, 'bin', 'pip'), 'install', '--quiet', '--require-hashes', '-r', requirements];
    await processes.must(pip, INSTALLATION);
  });
  return join(folder, 'bin');
}

/** Fetches event-ruler (ruler/pom.xml) and compiles the program that drives it. Returns the folder of classes and archives. */
export async function installEventRuler(processes: Processes): Promise<string> {
  const [maven, compiler] = [requireProgram('mvn'), requireProgram('javac')];
  const version = await processes.must([compiler, '-version']);
  return cached('ruler', [here('ruler')], version, async (folder) => {
    const copy = [
      '-q',
      '-B',
      '-f',
      here('ruler/pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${folder}`,
    ];
    await processes.must([maven, ...copy], INSTALLATION);
    checkArchives(folder);
    await processes.must([compiler, '-cp', join(folder, '*'), '-d', folder, here('ruler/RulerLine.java')]);
  });
}

/** Maven locks versions, not contents: holds the archives to their known digests. */
function checkArchives(folder: string): void {
  const wanted = new Map(
    readFileSync(here('ruler/jars.sha256'), 'utf8')
      .trim()
      .split('\n')
      .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
  );
  for (const archive of readdirSync(folder).filter((name) => name.endsWith('.jar'))) {
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, archive)))
      .digest('hex');
    if (wanted.get(archive) !== digest) throw new PeerError(`${archive} has the unexpected digest ${digest}`);
  }
}
