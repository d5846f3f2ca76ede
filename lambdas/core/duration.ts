import * as z from 'zod';

/** A duration as people write it: `90s`, `10m`, `2h`, `1d`. */
export const durationText = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhd]$/, 'write a whole number and one of s, m, h, d: 10m');

/** The same in seconds. */
export const duration = durationText.transform(secondsOf);

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a text that `durationText` takes. */
export function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? Number.NaN);
}

/** How long something that a plan did may stay before it is taken back by itself, seconds: a minute to thirty days. */
export const lifetime = z
  .number()
  .int()
  .min(60)
  .max(30 * 86_400);
