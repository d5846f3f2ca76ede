import * as z from 'zod';

/** Principals and policies by their ARNs. */
export const arnPattern = z
  .string()
  .regex(/^arn:[a-z*-]+:iam::[\d*]+:[!-~]{1,600}$/, 'use an ARN of IAM, with * and ? as IAM has them');
