import { SSMClient } from '@aws-sdk/client-ssm';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const ssm = (): SSMClient => new SSMClient(CLIENT_OPTIONS);
