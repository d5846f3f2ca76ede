import { z } from 'zod';
import type { TimelineEntry } from '../account/types.ts';
import type { EmbeddedService } from '../embedded-service.ts';
import { type ObservedDrift, type ObservedFinding, type ObservedVerdict, traceOfFinding } from '../observations.ts';
import { pressAction } from '../operator-action.ts';
import { PRINCIPAL_SCENARIOS } from '../scenarios/index.ts';
import { type Scenario, type Subject, traceOf } from '../scenarios/scenario.ts';
import {
  type FindingView,
  type ImageView,
  imageSchema,
  type PrincipalView,
  planSchema,
  principalSchema,
  type ScenarioView,
  type TimelineEntryView,
} from './api.ts';
import type { ConsoleBackend } from './backend.ts';

/** Particulars longer than this many characters of JSON stay in the account. */
const LONGEST_DETAIL = 20_000;
/** Entries of the timeline that a page gets to begin with. */
const MOST_ENTRIES = 10_000;

/** The console's view of Countersign in its embedded account. */
export function describeService(service: EmbeddedService, scenarios: readonly Scenario<Subject>[]): ConsoleBackend {
  const { account, config, observations } = service;
  return {
    overview: () => ({
      account: account.id,
      region: account.region,
      graceSeconds: config.images.graceSeconds,
      policyHash: config.hash,
      now: account.clock.now(),
      scenarios: scenarios.map(describeScenario),
      faults: { ...account.faults },
    }),
    readState: async () => ({
      images: observations.allVerdicts().map(describeImage),
      principals: observations.allDrift().map(describePrincipal),
      plans: observations.allPlans().map((plan) => planSchema.parse(plan)),
      findings: observations.allFindings().map(describeFinding),
    }),
    timeline: (after) => account.timeline(after).slice(-MOST_ENTRIES).map(describeEntry),
    onTimeline: (listener) => account.onTimeline((entry) => listener(describeEntry(entry))),
    runScenario: async (name) => {
      const scenario = scenarios.find((known) => known.name === name);
      if (scenario === undefined) return undefined;
      return traceOf(await service.run(scenario));
    },
    act: (action, findingId) => {
      const finding = observations.allFindings().find(({ Id }) => Id === findingId);
      if (finding !== undefined) pressAction(account, action, finding);
      return finding !== undefined;
    },
    setFaults: (faults) => {
      Object.assign(account.faults, faults);
    },
  };
}

const ABOUT_PRINCIPALS = new Set(PRINCIPAL_SCENARIOS.map(({ name }) => name));

function describeScenario({ name, title, expectation, expected }: Scenario<Subject>): ScenarioView {
  return { name, about: ABOUT_PRINCIPALS.has(name) ? 'principal' : 'image', title, expectation, expected };
}

function describeEntry({ sequence, at, step, trace, summary, detail }: TimelineEntry): TimelineEntryView {
  const text = detail === undefined ? undefined : JSON.stringify(detail);
  return {
    sequence,
    at,
    step,
    summary,
    ...(trace === undefined ? {} : { trace }),
    ...(text === undefined || text.length > LONGEST_DETAIL ? {} : { detail: text }),
  };
}

function describeImage(verdict: ObservedVerdict): ImageView {
  return imageSchema.parse({
    ...verdict,
    trace: `${verdict.repository}@${verdict.digest}`,
    policy: verdict.policy ?? null,
  });
}

function describePrincipal(drift: ObservedDrift): PrincipalView {
  return principalSchema.parse({ ...drift, trace: drift.resource });
}

const text = z.string().catch('');
const asffSchema = z.object({
  Title: text,
  Description: text,
  Severity: z.object({ Label: text }).catch({ Label: '' }),
  FindingProviderFields: z
    .object({ Severity: z.object({ Label: text }).optional(), Types: z.array(z.string()).optional() })
    .optional(),
  Types: z.array(z.string()).catch([]),
  Workflow: z.object({ Status: text }).catch({ Status: 'NEW' }),
  RecordState: z.string().catch('ACTIVE'),
  Compliance: z.object({ Status: text }).catch({ Status: '' }),
  CreatedAt: text,
  UpdatedAt: text,
  Resources: z.array(z.object({ Type: text, Id: text })).catch([]),
  Remediation: z
    .object({ Recommendation: z.object({ Text: text, Url: text }) })
    .catch({ Recommendation: { Text: '', Url: '' } }),
  ProductFields: z.record(z.string(), z.string()).catch({}),
});

/** An ASFF record in the order in which Security Hub's own console shows it. Missing parts are empty, never an error: this only shows. */
export function describeFinding(finding: ObservedFinding): FindingView {
  const asff = asffSchema.parse(finding);
  const trace = traceOfFinding(finding.Id);
  return {
    id: finding.Id,
    ...(trace === undefined ? {} : { trace }),
    title: asff.Title,
    description: asff.Description,
    severity: asff.FindingProviderFields?.Severity?.Label || asff.Severity.Label || 'INFORMATIONAL',
    workflow: asff.Workflow.Status,
    recordState: asff.RecordState,
    compliance: asff.Compliance.Status,
    createdAt: asff.CreatedAt,
    updatedAt: asff.UpdatedAt,
    types: asff.FindingProviderFields?.Types ?? asff.Types,
    resources: asff.Resources.map(({ Type, Id }) => ({ type: Type, id: Id })),
    remediation: { text: asff.Remediation.Recommendation.Text, url: asff.Remediation.Recommendation.Url },
    productFields: Object.entries(asff.ProductFields).map(([name, value]) => ({ name, value })),
    raw: JSON.stringify(finding),
  };
}
