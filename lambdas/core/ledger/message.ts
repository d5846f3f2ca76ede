import { z } from 'zod';
import { type PlanId, planId } from './plan.ts';

const message = z.strictObject({ version: z.literal(1), plan: planId });

/** The plan that a message on the plan queue names, or undefined. The message says nothing else: what is to be done is in the ledger. */
export function parsePlanMessage(body: string): PlanId | undefined {
  try {
    return message.safeParse(JSON.parse(body)).data?.plan;
  } catch {
    // Not JSON names no plan.
    return undefined;
  }
}
