import { containmentStore } from '../aws/containment-store.ts';
import { describeImageAtRest } from '../aws/ecr-image.ts';
import { ecrSource } from '../aws/ecr-source.ts';
import { requireVariable } from '../aws/environment.ts';
import { listImageUsers } from '../aws/image-users.ts';
import { readKillSwitch } from '../aws/kill-switch.ts';
import { explainRefusal } from '../aws/refusal.ts';
import { verdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import { CountersignError, messageOf } from '../core/errors.ts';
import { type ImageName, parseKey } from '../core/image-name.ts';
import type { KnownManifest } from '../core/images/candidates.ts';
import { forgetsRevocation } from '../core/images/known-revocation.ts';
import type { ImageAtRest } from '../core/images/quarantine.ts';
import type { Known, QuarantineFacts } from '../core/images/quarantine-guards.ts';
import { LIMITS } from '../core/images/source.ts';
import type { VerdictRecord, VerdictState } from '../core/images/verdict.ts';
import { type Observation, verifyImage } from '../core/images/verify-image.ts';
import type { NotationPorts } from '../core/images/verify-notation.ts';
import type { Plan } from '../core/ledger/plan.ts';
import type { Decision } from '../core/trust/evidence.ts';

/** Another try may tell: the plan neither goes on nor fails. */
class UndecidedNow extends CountersignError<'undecided'> {}

/** A fresh look at the image of a plan, one for all that is asked about it. */
type Look = () => Promise<Observation>;

export interface FactReader {
  /** All that the guards ask, read now. What cannot be read for good is unknown; what another try may read throws. */
  read(plan: Plan): Promise<QuarantineFacts>;
  readSwitch(): Promise<Known<string>>;
}

export function factReader(
  wiring: Wiring<'ecr' | 'dynamodb' | 'ssm' | 'ecs' | 'lambda'>,
  trust: DeployedTrust,
  notationPorts: () => NotationPorts,
): FactReader {
  const { clients, environment, clock } = wiring;
  const parameter = requireVariable(environment, 'KILL_SWITCH');
  const table = requireVariable(environment, 'VERDICT_TABLE');
  const verdicts = verdictStore(clients.dynamodb, table);
  const containment = containmentStore(clients.dynamodb, table, clock);

  async function observe(image: ImageName, known?: KnownManifest): Promise<Observation> {
    if (!trust.usable) return { kind: 'undecided', reason: trust.reason };
    const { account: registryId, region, repository, digest } = image;
    const source = ecrSource({ ecr: clients.ecr, fetch: wiring.fetch, registryId, region, repository });
    const { material, policyHash } = trust;
    const findContainers = async () => {
      const containers = await containment.containersOf(image);
      return containers.length === 0 ? [] : verdicts.readMany(containers);
    };
    const shared = { source, digest, repository, material, limits: LIMITS, clock, findContainers, policyHash };
    return verifyImage({ ...shared, known, notation: notationPorts() });
  }

  async function readVerdict(
    image: ImageName,
    atRest: ImageAtRest | 'gone',
    look: Look,
  ): Promise<VerdictState | 'undecided'> {
    const stored = await verdicts.read(image);
    const decide = (seen: Observation) => requireDecided(seen, image, stored, trust.policyHash);
    const onRecord = stored?.policyHash === trust.policyHash ? stored.state : 'undecided';
    if (atRest === 'gone') return onRecord;
    if (atRest.storage !== 'active') {
      // Its manifest cannot be read there. A signature can be found all the same; that there is none is for the record to say.
      const seen = stored?.manifest === undefined ? undefined : await observe(image, stored.manifest);
      if (seen?.kind === 'decided' && seen.decision.verdict === 'verified') return decide(seen);
      if (seen?.kind === 'ignored') return 'ignored';
      if (seen !== undefined && trust.usable) decide(seen);
      return onRecord === 'verified' ? 'undecided' : onRecord;
    }
    const seen = await look();
    if (seen.kind === 'undecided' && !trust.usable) return 'undecided';
    if (seen.kind === 'gone' || seen.kind === 'ignored') return seen.kind;
    const verdict = decide(seen);
    // The grace of an image is on record: without it an image that was just pushed would count as unsigned.
    return verdict === 'unsigned' && onRecord !== 'unsigned' && onRecord !== 'invalid' ? 'pending' : verdict;
  }

  async function readUsers(image: ImageName, atRest: ImageAtRest | 'gone', look: Look): Promise<readonly string[]> {
    const containers = await containment.containersOf(image);
    const digests = [image.digest, ...containers.map(({ digest }) => digest), ...(await readChildren(atRest, look))];
    return listImageUsers(clients, { ...image, digests, tags: atRest === 'gone' ? [] : atRest.tags });
  }

  /** A task names an image of its platform where it runs from an index. */
  async function readChildren(atRest: ImageAtRest | 'gone', look: Look) {
    if (atRest === 'gone' || atRest.storage !== 'active') return [];
    const seen = await look();
    return seen.kind === 'decided' ? (seen.children ?? []) : [];
  }

  return {
    readSwitch: () => know(() => readKillSwitch(clients.ssm, parameter)),
    async read({ resource }) {
      const image = parseKey(resource);
      const killSwitch = await this.readSwitch();
      if (image === undefined) {
        const unknown = { unknown: 'the plan is about no image' };
        return { killSwitch, atRest: unknown, verdict: unknown, usedBy: unknown };
      }
      const atRest = await know(async () => (await describeImageAtRest(clients.ecr, image)) ?? 'gone');
      if ('unknown' in atRest) return { killSwitch, atRest, verdict: atRest, usedBy: atRest };
      let seen: Promise<Observation> | undefined;
      const look = () => {
        seen ??= observe(image);
        return seen;
      };
      const verdict = await know(() => readVerdict(image, atRest.known, look));
      return { killSwitch, atRest, verdict, usedBy: await know(() => readUsers(image, atRest.known, look)) };
    },
  };
}

/** A registry that does not answer says nothing about the image, nor does a silent responder about what is known to be revoked: the plan waits for one that does. */
function requireDecided(
  seen: Observation,
  { digest }: ImageName,
  stored: VerdictRecord | undefined,
  policyHash: string,
): Exclude<Decision['verdict'], 'error'> {
  const verdict = seen.kind === 'decided' ? seen.decision.verdict : 'error';
  const isForgotten = seen.kind === 'decided' && forgetsRevocation(stored, seen.decision, policyHash);
  if (verdict === 'error' || isForgotten) throw new UndecidedNow('undecided', `${digest} cannot be judged now`);
  return verdict;
}

async function know<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { known: await read() };
  } catch (thrown) {
    if (thrown instanceof UndecidedNow) throw thrown;
    const refused =
      explainRefusal(thrown)?.message ?? (thrown instanceof CountersignError ? messageOf(thrown) : undefined);
    if (refused === undefined) throw thrown;
    return { unknown: refused };
  }
}
