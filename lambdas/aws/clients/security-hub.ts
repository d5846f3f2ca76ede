import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const securityHub = (): SecurityHubClient => new SecurityHubClient(CLIENT_OPTIONS);
