import * as z from 'zod';

/** Where alarms go: an address, for which a topic is made, or a topic that is there. */
export const alarms = z.union([
  z.strictObject({ email: z.email() }),
  z.strictObject({ topicArn: z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+$/) }),
]);
