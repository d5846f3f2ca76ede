import type {
  EvidenceView,
  FaultsView,
  FindingView,
  ImageView,
  PlanView,
  PrincipalView,
  StateOfThings,
  TimelineEntryView,
} from '../../local/console/api.ts';
import type { ConsoleBackend } from '../../local/console/backend.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);

/** Text that would do harm where it was taken for markup. */
export const HOSTILE = '<img src=x onerror="document.title=1">"\'&\u202e';

/** A backend with a fixed story to tell, and a handle to let more happen. */
export interface FakeBackend extends ConsoleBackend {
  readonly ran: string[];
  readonly listeners: number;
  happen(entry: Omit<TimelineEntryView, 'sequence'>): void;
}

export function fakeBackend(
  state: StateOfThings = {
    images: fakeImages(),
    principals: [fakePrincipal()],
    plans: [fakePlan()],
    findings: [fakeFinding()],
  },
): FakeBackend {
  const listeners = new Set<(entry: TimelineEntryView) => void>();
  const entries: TimelineEntryView[] = state.images.flatMap((image, position) => tellStory(image, position));
  entries.forEach((entry, position) => {
    entries[position] = { ...entry, sequence: position + 1 };
  });
  const ran: string[] = [];
  let faults: FaultsView = { duplicateRate: 0, reorder: false, throttleRate: 0, lossRate: 0 };
  return {
    ran,
    get listeners() {
      return listeners.size;
    },
    overview: () => ({
      account: '123456789012',
      region: 'eu-west-1',
      graceSeconds: 20,
      policyHash: 'sha256:00',
      now: START,
      scenarios: [
        {
          name: 'signed',
          about: 'image',
          title: 'Signed by the release workflow',
          expectation: 'Verified, and no finding.',
          expected: { state: 'verified', finding: 'none' },
        },
        {
          name: 'unsigned',
          about: 'image',
          title: 'Never signed',
          expectation: 'Pending for the grace time, then unsigned, and a finding opens.',
          expected: { state: 'unsigned', finding: 'open' },
        },
      ],
      faults,
    }),
    readState: async () => state,
    timeline: (after) => entries.filter(({ sequence }) => sequence > after),
    onTimeline: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    runScenario: async (name) => {
      if (name !== 'signed' && name !== 'unsigned') return undefined;
      ran.push(name);
      return state.images[0]?.trace ?? 'acme/web@sha256:00';
    },
    act: (action, finding) => {
      if (!state.findings.some(({ id }) => id === finding)) return false;
      ran.push(`${action} ${finding}`);
      return true;
    },
    setFaults: (wanted) => {
      faults = wanted;
    },
    happen: (entry) => {
      const complete = { ...entry, sequence: entries.length + 1 };
      entries.push(complete);
      for (const listener of listeners) listener(complete);
    },
  };
}

function tellStory(image: ImageView, position: number): TimelineEntryView[] {
  const at = START + position * 4000;
  const { trace } = image;
  const step = (name: TimelineEntryView['step'], offset: number, summary: string, detail?: string) => ({
    sequence: 0,
    at: at + offset,
    step: name,
    trace,
    summary,
    ...(detail === undefined ? {} : { detail }),
  });
  return [
    step('api', 0, 'ecr PutImage'),
    step('event', 2, 'ECR Image Action PUSH SUCCESS', '{"detail-type":"ECR Image Action"}'),
    step('rule', 3, 'ImageVerificationRule matched'),
    step('queue', 4, 'image queue: received'),
    step('function', 9, 'image-reaction: 1 record'),
    step('api', 12, 'ecr ListImageReferrers'),
    step('verdict', 31, image.state),
    ...(image.state === 'invalid' ? [step('queue', 33, 'findings queue: received'), step('finding', 48, HOSTILE)] : []),
  ];
}

function fakeImages(): ImageView[] {
  const states = ['verified', 'verified', 'invalid', 'pending', 'unsigned', 'error', 'ignored', 'gone'] as const;
  return states.map((state, position) => {
    const digest = `sha256:${String(position).repeat(64)}`;
    const repository = position === 2 ? 'acme/gateway-with-a-rather-long-name/and-a-path' : `acme/service-${position}`;
    return {
      trace: `${repository}@${digest}`,
      repository,
      digest,
      tags: [`1.0.${position}`],
      state,
      firstSeenAt: START + position * 4000,
      graceEndsAt: START + position * 4000 + 20_000,
      attempts: 0,
      policy: state === 'ignored' ? null : 'acme-images',
      evidence: state === 'invalid' ? fakeEvidence() : [],
      reasons: state === 'invalid' ? [{ code: 'identity-mismatch', message: `signed by ${HOSTILE}` }] : [],
    };
  });
}

const ROLE = 'arn:aws:iam::123456789012:role/app';

function fakePrincipal(): PrincipalView {
  return {
    ...{ trace: ROLE, state: 'drifted', verdict: 'wider', firstSeenAt: START - 4000, actor: HOSTILE },
    deviations: [`attached policy ${HOSTILE} was not signed`],
    paths: ['iam-005 through statement 2'],
  };
}

function fakePlan(): PlanView {
  return {
    ...{
      id: `plan-${'0'.repeat(32)}`,
      trace: ROLE,
      findingId: `countersign/iam/${ROLE}`,
      state: 'proposed',
      mode: 'approve',
      reason: HOSTILE,
    },
    steps: [{ does: `detach ${HOSTILE}`, inverse: `attach ${HOSTILE}`, at: 'pending' }],
  };
}

function fakeEvidence(): EvidenceView[] {
  return [
    {
      policyLine: 'images[0].require.any[0]',
      requirement: 'signed by release-workflow',
      outcome: 'failed',
      format: 'bundle',
      origin: { kind: 'referrer', manifest: `sha256:${'a'.repeat(64)}` },
      signer: `https://github.com/mallory/release/.github/workflows/release.yml@refs/heads/main (issuer ${HOSTILE})`,
      checks: [
        { check: 'format', result: 'passed', detail: 'bundle v0.3' },
        { check: 'certificate-chain', result: 'passed', detail: 'leads to countersign.local root' },
        { check: 'certificate-timestamp', result: 'passed', detail: 'log of the trusted root' },
        { check: 'identity', result: 'failed', detail: HOSTILE },
        { check: 'subject', result: 'skipped', detail: '' },
      ],
      reason: { code: 'identity-mismatch', message: 'the certificate names another workflow' },
    },
    {
      policyLine: 'images[0].require.any[1]',
      requirement: 'signed by release-key',
      outcome: 'missing',
      checks: [],
    },
  ];
}

function fakeFinding(): FindingView {
  const digest = `sha256:${'2'.repeat(64)}`;
  const repository = 'acme/gateway-with-a-rather-long-name/and-a-path';
  return {
    id: `countersign/image/123456789012/eu-west-1/${repository}@${digest}`,
    trace: `${repository}@${digest}`,
    title: `Image in ${repository} has no valid signature ${HOSTILE}`,
    description: 'The signature was made by an identity that the trust policy does not name.',
    severity: 'HIGH',
    workflow: 'NEW',
    recordState: 'ACTIVE',
    compliance: 'FAILED',
    createdAt: '2026-11-23T12:00:08.000Z',
    updatedAt: '2026-11-23T12:00:08.048Z',
    types: ['Software and Configuration Checks/AWS Security Best Practices'],
    resources: [
      { type: 'AwsEcrContainerImage', id: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${repository}@${digest}` },
    ],
    remediation: { text: 'Find out who pushed it.', url: 'javascript:alert(1)' },
    productFields: [
      { name: 'countersign/verdict', value: 'invalid' },
      { name: 'countersign/reason', value: HOSTILE },
    ],
    raw: JSON.stringify({ SchemaVersion: '2018-10-08', Title: HOSTILE }),
  };
}
