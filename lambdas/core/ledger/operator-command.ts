import { z } from 'zod';
import { lifetime } from '../duration.ts';
import type { Reason } from '../errors.ts';
import type { Happening } from './event.ts';
import type { OperatorChoice } from './operator-choice.ts';
import { planId } from './plan.ts';

const common = { version: z.literal(1), request: z.string().regex(/^[A-Za-z0-9-]{1,64}$/), plan: planId };
/** What an operator asks for about somebody: contain them. `target` is an ARN of a user, a role or a session. */
const containCommand = z.strictObject({
  version: z.literal(1),
  request: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  action: z.literal('contain'),
  target: z.string().min(1).max(300),
  expiresAfter: lifetime.optional(),
});
export type ContainCommand = z.infer<typeof containCommand>;

const command = z.discriminatedUnion('action', [
  z.strictObject({
    ...common,
    action: z.literal('approve'),
    planDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    irreversible: z.boolean(),
  }),
  z.strictObject({ ...common, action: z.literal('deny') }),
  z.strictObject({ ...common, action: z.literal('undo') }),
  z.strictObject({ ...common, action: z.literal('extend'), until: z.number().int().positive() }),
]);

/** What an operator asks for on the command line: a plan by its id, and what is to happen to it. */
export type OperatorCommand = z.infer<typeof command>;

export type ReadCommand =
  | { readonly is: 'command'; readonly choice: OperatorChoice }
  | { readonly is: 'contain'; readonly command: ContainCommand }
  | { readonly is: 'rejected'; readonly reason: Reason }
  /** The message is of another kind. */
  | { readonly is: 'other' };

/** A command as the body of a message on the operator queue. */
export function writeOperatorCommand(content: OperatorCommand | ContainCommand): string {
  return JSON.stringify(content);
}

/** Under which id a command is found in the history of its plan. */
export function eventIdOf({ request, plan }: Pick<OperatorCommand, 'request' | 'plan'>): string {
  return `command/${request}/${plan}`;
}

/**
 * Reads the body of a message as a command. Who asked is not in it, where anybody could write anything: `sender` is the SenderId that SQS gives a message, the
 * unique id of the user or of the role and its session (SQS Developer Guide, message system attributes). Never throws.
 */
export function readOperatorCommand(body: string, sender: string): ReadCommand {
  const json = parseJson(body);
  // Events of EventBridge have the text "0" there.
  if (typeof json !== 'object' || json === null || !('version' in json) || json.version !== 1) return { is: 'other' };
  const parsed = z.union([command, containCommand]).safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return rejected('malformed-command', `${issue?.path.join('.').slice(0, 100)}: ${issue?.message.slice(0, 200)}`);
  }
  if (!/^[\w+=,.@:-]{1,256}$/.test(sender)) return rejected('no-sender', 'SQS does not say who sent the command');
  if (parsed.data.action === 'contain') return { is: 'contain', command: parsed.data };
  const id = eventIdOf(parsed.data);
  const what = happeningOf(parsed.data);
  return {
    is: 'command',
    choice: {
      plan: parsed.data.plan,
      what,
      event: (at) => ({ id, at, by: { kind: 'operator', identity: sender, via: 'command line' }, what }),
    },
  };
}

/** What a command makes happen to its plan. */
export function happeningOf(asked: OperatorCommand): Happening {
  switch (asked.action) {
    case 'approve':
      return { kind: 'approve', planDigest: asked.planDigest, irreversible: asked.irreversible };
    case 'deny':
      return { kind: 'deny' };
    case 'undo':
      return { kind: 'request-undo' };
    case 'extend':
      return { kind: 'extend', until: asked.until };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no command.
    return undefined;
  }
}

function rejected(code: string, message: string): ReadCommand {
  return { is: 'rejected', reason: { code, message } };
}
