import { z } from 'zod';
import { type AccountContext, happens, newId, type ServiceEvent } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import { compilePattern, type EventPattern } from './event-pattern.ts';

const envelope = z.looseObject({
  version: z.string(),
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  account: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.record(z.string(), z.unknown()),
});
/** An event as EventBridge delivers it. */
export type BusEvent = z.infer<typeof envelope>;

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: unknown;
  /** Milliseconds between scheduled events; undefined for a rule without a schedule. */
  readonly every: number | undefined;
  /** Hands the event to the targets of the rule. */
  readonly deliver: (event: BusEvent) => void;
}

/** The default event bus. */
export interface Bus {
  /** Takes a complete event. Throws `bad-event` for what is none. */
  emit(event: unknown): void;
  emitFromService(event: ServiceEvent): void;
  /** Throws EventPatternError for a pattern that EventBridge refuses. Returns a function that removes the rule. */
  addRule(rule: Rule): () => void;
}

/** Sources whose events EventBridge delivers at least once; all others are best effort, and the loss fault takes only theirs. */
const DURABLE_SOURCES = ['aws.securityhub', 'aws.events'];

export function createBus(context: AccountContext): Bus {
  const rules = new Set<{ readonly rule: Rule; readonly pattern: EventPattern | undefined }>();

  function emit(candidate: unknown): void {
    const parsed = envelope.safeParse(candidate);
    if (!parsed.success) throw new EmbeddedAccountError('bad-event', z.prettifyError(parsed.error));
    const event = parsed.data;
    const trace = context.traces.ofMessage(event);
    context.timeline.add('event', trace, summarize(event), event);
    if (!DURABLE_SOURCES.includes(event.source) && happens(context, context.faults.lossRate)) {
      context.timeline.add('fault', trace, `event lost: ${summarize(event)}`, { eventId: event.id });
      return;
    }
    for (const { rule, pattern } of rules) if (pattern?.matches(event)) hand(rule, event, trace);
  }

  function hand(rule: Rule, event: BusEvent, trace: string | undefined): void {
    context.timeline.add('rule', trace, `rule ${rule.name} matched`, { rule: rule.name, eventId: event.id });
    rule.deliver(event);
    if (!happens(context, context.faults.duplicateRate)) return;
    context.timeline.add('fault', trace, `event duplicated for rule ${rule.name}`, { eventId: event.id });
    rule.deliver(event);
  }

  const complete = (event: ServiceEvent): BusEvent => ({
    version: '0',
    id: newId(context),
    'detail-type': event.detailType,
    source: event.source,
    account: context.id,
    time: new Date(context.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: context.region,
    resources: [...(event.resources ?? [])],
    detail: structuredClone(z.record(z.string(), z.unknown()).parse(event.detail)),
  });

  function startSchedule(rule: Rule, every: number): () => void {
    const fire = () => {
      cancel = context.clock.schedule(every, fire);
      const event = complete({
        source: 'aws.events',
        detailType: 'Scheduled Event',
        resources: [rule.arn],
        detail: {},
      });
      context.timeline.add('event', undefined, `schedule of ${rule.name}`, event);
      hand(rule, event, undefined);
    };
    let cancel = context.clock.schedule(every, fire);
    return () => cancel();
  }

  return {
    emit,
    emitFromService: (event) => emit(complete(event)),
    addRule(rule) {
      const entry = { rule, pattern: rule.pattern === undefined ? undefined : compilePattern(rule.pattern) };
      rules.add(entry);
      const stopSchedule = rule.every === undefined ? undefined : startSchedule(rule, rule.every);
      return () => {
        rules.delete(entry);
        stopSchedule?.();
      };
    },
  };
}

/** `ECR Image Action PUSH acme/app:v1` for ECR, `AttachRolePolicy (AWS API Call via CloudTrail)` for a call, else the detail type. */
function summarize(event: BusEvent): string {
  const { eventName } = event.detail;
  if (typeof eventName === 'string') return `${eventName} (${event['detail-type']})`;
  const { 'action-type': action, 'repository-name': repository, 'image-tag': tag } = event.detail;
  if (typeof action !== 'string' || typeof repository !== 'string') return event['detail-type'];
  return `${event['detail-type']} ${action} ${repository}${typeof tag === 'string' && tag !== '' ? `:${tag}` : ''}`;
}
