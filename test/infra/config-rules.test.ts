import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfigEvent } from '../../lambdas/core/events/config-event.ts';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { compilePattern } from '../../local/account/event-pattern.ts';
import { complianceChange, itemChange } from '../support/config.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { guardDutyEvent } from '../support/guardduty.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { fullConfiguration } from './configuration.ts';

const template = readTemplate(synthesizeTemplate({ configuration: fullConfiguration }));
const patterns = resourcesOf(template, 'AWS::Events::Rule').flatMap(([, { Properties }]) =>
  /^countersign-config-(?:results|deletions)$/.test(String(Properties.Name))
    ? [compilePattern(Properties.EventPattern)]
    : [],
);
const matches = (event: unknown) => patterns.filter((pattern) => pattern.matches(event)).length;
const oversized = (configurationItemStatus: string) => ({
  ...itemChange('2026-11-23T12:00:00.000Z'),
  detail: {
    messageType: 'OversizedConfigurationItemChangeNotification',
    configurationItemSummary: { configurationItemStatus },
    s3DeliverySummary: { s3BucketLocation: 'acme/x' },
  },
});
const item = (configurationItemStatus: string) => itemChange('2026-11-23T12:00:00.000Z', { configurationItemStatus });

describe('the rules for AWS Config', () => {
  it.each([
    ['a result', complianceChange(), 1],
    ['a result that is over', complianceChange({ compliance: undefined }), 1],
    ['a deletion', item('ResourceDeleted'), 1],
    ['a deletion of what is not recorded any more', item('ResourceDeletedNotRecorded'), 1],
    ['a deletion that was too large', oversized('ResourceDeleted'), 1],
    ['a change', item('OK'), 0],
    ['a discovery', item('ResourceDiscovered'), 0],
    ['a change that was too large', oversized('OK'), 0],
    ['a result of something else', complianceChange({}, { source: 'acme.config' }), 0],
    ['a re-evaluation', complianceChange({}, { 'detail-type': 'Config Rules Re-evaluation Status' }), 0],
    ['a delivered history', complianceChange({}, { 'detail-type': 'Config Configuration History Delivery Status' }), 0],
    ['a finding of GuardDuty', guardDutyEvent(), 0],
  ])('%s: by how many it is taken', (_what, event, count) => {
    expect(matches(event)).toBe(count);
  });
});

const notification = z.object({ Message: z.string() });
const status = z.object({
  configurationItem: z.object({ configurationItemStatus: z.string(), awsAccountId: z.string() }),
});

describeWithCorpus('the rules for AWS Config, by real notifications', ['events', 'config-transformerd'], () => {
  const folder = corpusPath('events', 'config-transformerd') ?? '';

  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
    '%s is taken where it is a deletion',
    (name) => {
      const json: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      const message = notification.safeParse(json).data?.Message;
      let detail: unknown = json;
      try {
        if (message !== undefined) detail = JSON.parse(message);
      } catch {
        // The malformed ones: no rule takes them.
        detail = {};
      }
      const read = status.safeParse(detail).data?.configurationItem;
      const event = { ...itemChange(''), account: read?.awsAccountId ?? '123456789012', detail };

      expect(matches(event)).toBe(read?.configurationItemStatus.startsWith('ResourceDeleted') ? 1 : 0);
      if (matches(event) > 0) {
        expect(parseConfigEvent(JSON.stringify(event))).toMatchObject({ event: { kind: 'item', isDeleted: true } });
      }
    },
  );

  it('leave a change that EventBridge carries', () => {
    const file = corpusPath('events', 'cloud-custodian', 'sqs-discover.json') ?? '';

    expect(matches(JSON.parse(readFileSync(file, 'utf8')))).toBe(0);
  });
});
