import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { WRITE_SURFACE } from '../lambdas/core/iam/write-surface.ts';

/** Characters of one event pattern (EventBridge User Guide, quotas: "Event pattern size"). */
const LONGEST_PATTERN = 2048;

/** The event patterns of all calls that change access, made from the one table of them: as few as the quota on the size of a pattern allows. */
export function listIamEventPatterns(): readonly EventPattern[] {
  const sources = [...new Set(WRITE_SURFACE.map(({ eventSource }) => eventSource))];
  return sources.flatMap((source) => {
    const names = WRITE_SURFACE.flatMap(({ eventSource, eventName }) => (eventSource === source ? eventName : []));
    return splitNames(source, names).map((some) => patternOf(source, some));
  });
}

function splitNames(source: string, names: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (const name of names) {
    const last = parts.at(-1);
    if (last !== undefined && lengthOf(source, [...last, name]) <= LONGEST_PATTERN) last.push(name);
    else parts.push([name]);
  }
  return parts;
}

function patternOf(source: string, eventName: readonly string[]): EventPattern {
  return {
    // Nobody but AWS can put events under this name (EventBridge API Reference, PutEvents).
    source: [`aws.${source.replace('.amazonaws.com', '')}`],
    detailType: ['AWS API Call via CloudTrail'],
    // Failed calls come too: they tell of somebody who tries.
    detail: { eventSource: [source], eventName: [...eventName] },
  };
}

function lengthOf(source: string, eventName: readonly string[]): number {
  const { detailType, ...rest } = patternOf(source, eventName);
  return JSON.stringify({ ...rest, 'detail-type': detailType }).length;
}
