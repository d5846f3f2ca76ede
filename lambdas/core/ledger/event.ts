import { z } from 'zod';

/** Who did something. A person is named as the event names them; the service names its rule or itself. */
export const actor = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('operator'),
    /** As far as the source of the request names the person: an ARN, or the account whose Security Hub the action was used in. */
    identity: z.string().min(1).max(512),
    /** How it reached us: `security-hub/<event id>`. */
    via: z.string().min(1).max(256),
  }),
  z.strictObject({ kind: z.literal('rule'), name: z.string().min(1).max(256) }),
  z.strictObject({ kind: z.literal('executor') }),
]);
export type Actor = z.infer<typeof actor>;

const step = z.number().int().min(0).max(19);
const observed = z.string().min(1).max(512);

/** What can happen to a plan. */
export const happening = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('propose') }),
  /** `irreversible` says that the operator knows that it cannot be taken back. */
  z.strictObject({
    kind: z.literal('approve'),
    planDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    irreversible: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('deny') }),
  z.strictObject({ kind: z.literal('expire') }),
  z.strictObject({ kind: z.literal('begin') }),
  z.strictObject({ kind: z.literal('start-step'), step }),
  /** `performed` is false where the state after the step was there already: then it is not ours to take back. */
  z.strictObject({ kind: z.literal('finish-step'), step, performed: z.boolean(), observed }),
  z.strictObject({ kind: z.literal('verify'), observed }),
  z.strictObject({
    kind: z.literal('fail'),
    reason: z.strictObject({ code: z.string().min(1).max(100), message: z.string().max(512) }),
  }),
  z.strictObject({ kind: z.literal('request-undo') }),
  /** Moves the time at which the plan is taken back by itself, Unix milliseconds. */
  z.strictObject({ kind: z.literal('extend'), until: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal('start-undo'), step }),
  z.strictObject({ kind: z.literal('finish-undo'), step, observed }),
]);
export type Happening = z.infer<typeof happening>;

/** Something that happened to a plan, under an id by which it is recognised when it comes again. */
export const ledgerEvent = z.strictObject({
  id: z.string().min(1).max(256),
  /** Unix milliseconds. */
  at: z.number().int().nonnegative(),
  by: actor,
  what: happening,
});
export type LedgerEvent = z.infer<typeof ledgerEvent>;
