import * as z from 'zod';

/** An AWS account id. */
export const accountId = z.string().regex(/^\d{12}$/, 'an account id has 12 digits');
/** A region name as AWS forms them: `eu-west-1`, `us-gov-west-1`, `us-iso-east-1`. */
export const regionName = z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/, 'not the name of a region');
/** ECR API Reference, CreateRepository: 2 to 256 characters. */
export const repositoryName = z
  .string()
  .min(2)
  .max(256)
  .regex(
    /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/,
    'not the name of an ECR repository',
  );

/** The partition that a region belongs to. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
