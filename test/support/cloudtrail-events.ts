/** Fields of a CloudTrail record that differ from those of a plain call by a user. */
export type RecordFields = Readonly<Record<string, unknown>>;

/** A CloudTrail record in the event that EventBridge makes of it (EventBridge Events Reference, "AWS API calls delivered via CloudTrail"). */
export function cloudTrailEvent(record: RecordFields = {}, envelope: RecordFields = {}): Record<string, unknown> {
  const eventSource = typeof record.eventSource === 'string' ? record.eventSource : 'iam.amazonaws.com';
  return {
    version: '0',
    id: '13cde686-328b-6117-af20-0e5566167482',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${eventSource.replace('.amazonaws.com', '')}`,
    account: '111122223333',
    time: '2026-11-23T12:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      eventVersion: '1.09',
      eventSource,
      eventName: 'CreateUser',
      eventID: 'd769ddfd-2cda-4cfa-b33f-05d3b886921d',
      eventTime: '2026-11-23T12:00:00Z',
      awsRegion: 'us-east-1',
      requestID: 'request-1',
      requestParameters: { userName: 'ana' },
      responseElements: null,
      userIdentity: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/caller',
        accountId: '111122223333',
        userName: 'caller',
      },
      eventType: 'AwsApiCall',
      ...record,
    },
    ...envelope,
  };
}
