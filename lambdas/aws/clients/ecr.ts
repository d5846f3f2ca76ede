import { ECRClient } from '@aws-sdk/client-ecr';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const ecr = (): ECRClient => new ECRClient(CLIENT_OPTIONS);
