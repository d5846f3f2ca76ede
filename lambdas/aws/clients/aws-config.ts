import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const awsConfig = (): ConfigServiceClient => new ConfigServiceClient(CLIENT_OPTIONS);
