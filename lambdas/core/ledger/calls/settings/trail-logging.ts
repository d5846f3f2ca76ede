import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** Whether a trail of CloudTrail records (CloudTrail API Reference, StartLogging). */
export const trailLogging = defineSetting({
  /** ARN of the trail. */
  target: /^arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:\d{12}:trail\/[A-Za-z0-9._-]{3,128}$/,
  content: z.strictObject({ logging: z.boolean() }),
  canBeAbsent: false,
  actions: ['cloudtrail:StartLogging', 'cloudtrail:StopLogging'],
  actionFor: (to) => (to?.logging ? 'cloudtrail:StartLogging' : 'cloudtrail:StopLogging'),
  describe: (target, to) => (to?.logging ? `start the recording of ${target}` : `stop the recording of ${target}`),
});
