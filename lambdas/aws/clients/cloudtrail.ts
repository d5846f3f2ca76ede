import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const cloudtrail = (): CloudTrailClient => new CloudTrailClient(CLIENT_OPTIONS);
