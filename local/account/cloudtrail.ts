import {
  CloudTrailServiceException,
  CreateTrailCommand,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  InvalidHomeRegionException,
  StartLoggingCommand,
  StopLoggingCommand,
  TrailNotFoundException,
} from '@aws-sdk/client-cloudtrail';
import { answers, type LocalService, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';

/** Trails of CloudTrail. They record nothing. */
export function createCloudTrail(context: AccountContext): LocalService {
  const trails = new Map<string, { logging: boolean }>();
  const arnOf = (name = '') =>
    name.startsWith('arn:') ? name : `arn:aws:cloudtrail:${context.region}:${context.id}:trail/${name}`;
  const trailOf = (name?: string) => {
    const arn = arnOf(name);
    const found = trails.get(arn);
    if (found === undefined) throw refusal(TrailNotFoundException, `Unknown trail: ${arn}`);
    return found;
  };
  const set = (name: string | undefined, logging: boolean) => {
    const trail = trailOf(name);
    if (arnOf(name).split(':')[3] !== context.region) throw refusal(InvalidHomeRegionException, 'another home region');
    trail.logging = logging;
    return {};
  };
  return {
    name: 'cloudtrail',
    operations: new Map([
      answers(CreateTrailCommand, ({ Name }) => {
        // A new trail does not record (CloudTrail API Reference, CreateTrail).
        trails.set(arnOf(Name), { logging: false });
        return { Name, TrailARN: arnOf(Name) };
      }),
      answers(DescribeTrailsCommand, () => ({
        trailList: [...trails.keys()].map((TrailARN) => ({ TrailARN, HomeRegion: TrailARN.split(':')[3] })),
      })),
      answers(GetTrailStatusCommand, ({ Name }) => ({ IsLogging: trailOf(Name).logging })),
      answers(StartLoggingCommand, ({ Name }) => set(Name, true)),
      answers(StopLoggingCommand, ({ Name }) => set(Name, false)),
    ]),
    throttled: () =>
      new CloudTrailServiceException({
        ...{ name: 'ThrottlingException', message: 'Rate exceeded', $fault: 'client' },
        $metadata: { httpStatusCode: 400 },
      }),
  };
}
