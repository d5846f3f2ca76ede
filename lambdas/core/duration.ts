import { z } from 'zod';

/** A duration as people write it: `90s`, `10m`, `2h`, `1d`; becomes seconds. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhd]$/, 'write a whole number and one of s, m, h, d: 10m')
  .transform((text) => Number(text.slice(0, -1)) * ({ s: 1, m: 60, h: 3600, d: 86400 }[text.slice(-1)] ?? Number.NaN));
