import { ECRClient } from '@aws-sdk/client-ecr';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

/** Default region: that of the environment. */
export const ecr = (region?: string): ECRClient =>
  new ECRClient({ ...CLIENT_OPTIONS, ...(region !== undefined && { region }) });
