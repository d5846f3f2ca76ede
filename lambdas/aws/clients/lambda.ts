import { LambdaClient } from '@aws-sdk/client-lambda';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const lambda = (): LambdaClient => new LambdaClient(CLIENT_OPTIONS);
