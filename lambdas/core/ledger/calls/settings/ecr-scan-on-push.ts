import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** Whether images of a repository are scanned when they are pushed (ECR API Reference, PutImageScanningConfiguration). */
export const ecrScanOnPush = defineSetting({
  target: /^[a-z0-9]+(?:[._/-]+[a-z0-9]+){0,200}$/,
  content: z.strictObject({ onPush: z.boolean() }),
  canBeAbsent: false,
  actions: ['ecr:PutImageScanningConfiguration'],
  actionFor: () => 'ecr:PutImageScanningConfiguration',
  describe: (target, to) =>
    to?.onPush ? `scan the images of ${target} when they are pushed` : `not scan the images of ${target} by itself`,
});
