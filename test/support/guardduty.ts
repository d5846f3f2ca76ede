type Fields = Record<string, unknown>;

/** A finding as GuardDuty gives it, about an access key unless told otherwise. */
export function guardDutyFinding(change: Fields = {}): Fields {
  const { service, ...rest } = change;
  const id = String(rest.id ?? 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3');
  return {
    schemaVersion: '2.0',
    accountId: '123456789012',
    region: 'eu-west-1',
    partition: 'aws',
    arn: `arn:aws:guardduty:eu-west-1:123456789012:detector/3caf4e0aaa46ce4ccbcef949a8785353/finding/${id}`,
    type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
        principalId: 'AROAEXAMPLEEXAMPLE000:i-1234567890abcdef0',
        userType: 'AssumedRole',
        userName: 'web',
      },
    },
    severity: 8,
    createdAt: '2026-11-23T11:00:00.000Z',
    updatedAt: '2026-11-23T11:30:00.000Z',
    title: 'Credentials of an instance are used from elsewhere.',
    description: 'Credentials of an instance are used from elsewhere.',
    ...rest,
    id,
    service: { serviceName: 'guardduty', count: 1, archived: false, additionalInfo: {}, ...Object(service) },
  };
}

/** The event that carries a finding. */
export function guardDutyEvent(change: Fields = {}, envelope: Fields = {}): Fields {
  return {
    version: '0',
    id: '8f5fa7d9-5558-33dc-449c-c890a0c38127',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: '123456789012',
    region: 'eu-west-1',
    time: '2026-11-23T11:31:00Z',
    resources: [],
    detail: guardDutyFinding(change),
    ...envelope,
  };
}
