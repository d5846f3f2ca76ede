import { ECSClient } from '@aws-sdk/client-ecs';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const ecs = (): ECSClient => new ECSClient(CLIENT_OPTIONS);
