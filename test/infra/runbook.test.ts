import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { fullConfiguration } from './configuration.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** Sections of the runbook by the anchor that a Markdown viewer gives their heading. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const heading = section.slice(0, section.indexOf('\n'));
      return [
        heading
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, '')
          .replaceAll(' ', '-'),
        section,
      ] as const;
    }),
);
const template = readTemplate(synthesizeTemplate({ configuration: fullConfiguration }));
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties);
const anchorOf = (alarm: Record<string, unknown>) =>
  /docs\/runbook\.md#([a-z-]+)$/.exec(String(alarm.AlarmDescription))?.[1] ?? '';

describe('alarms and runbook', () => {
  it('have one section for each alarm and one alarm for each section', () => {
    expect(alarms.map(anchorOf).sort()).toEqual([...sections.keys()].sort());
  });

  it.each(alarms.map((alarm) => [String(alarm.AlarmName), alarm] as const))(
    '%s says in its name and description where to read on',
    (name, alarm) => {
      expect(name).toBe(`countersign-${anchorOf(alarm)}`);
      expect(String(alarm.AlarmDescription).length).toBeLessThanOrEqual(1024);
      expect(alarm.AlarmActions).toHaveLength(1);
      expect(alarm.OKActions).toHaveLength(1);
    },
  );

  it.each([...sections])(
    '%s tells what happened, how to look, how to put it right and how to take it back',
    (_anchor, section) => {
      const parts = section.split(/^### /m).slice(1);

      expect(parts.map((part) => part.slice(0, part.indexOf('\n')))).toEqual([
        'Description',
        'Investigation',
        'Resolution',
        'Undo',
      ]);
      expect(parts.filter((part) => part.trim().split('\n').length < 2)).toEqual([]);
    },
  );

  it('links only to sections that exist', () => {
    const links = [...runbook.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, anchor]) => anchor ?? '');

    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((anchor) => !sections.has(anchor))).toEqual([]);
  });
});

describe('the metrics of the functions', () => {
  it('are each read by an alarm or by the dashboard', () => {
    const source = readFileSync(new URL('../../lambdas/aws/function-frame.ts', import.meta.url), 'utf8');
    const names = [...(/type MetricName =([^;]*);/.exec(source)?.[1]?.matchAll(/'(\w+)'/g) ?? [])].map(
      ([, name]) => name ?? '',
    );
    const dashboard = JSON.stringify(resourcesOf(template, 'AWS::CloudWatch::Dashboard'));
    const watched = new Set(alarms.map((alarm) => String(alarm.MetricName)));

    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !watched.has(name) && !dashboard.includes(`\\"${name}\\"`))).toEqual([]);
  });
});
