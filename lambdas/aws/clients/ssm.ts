import { SSMClient } from '@aws-sdk/client-ssm';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

/** Default region: that of the environment. */
export const ssm = (region?: string): SSMClient =>
  new SSMClient({ ...CLIENT_OPTIONS, ...(region !== undefined && { region }) });
