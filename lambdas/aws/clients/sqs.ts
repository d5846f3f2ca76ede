import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

/** Default region: that of the environment. */
export const sqs = (region?: string): SQSClient =>
  new SQSClient({ ...CLIENT_OPTIONS, ...(region !== undefined && { region }) });
