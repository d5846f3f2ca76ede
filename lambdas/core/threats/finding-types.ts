/** What a type of finding asks for. `contain`: what it is about is in foreign hands. `review`: somebody has to look before anything is stopped. */
export type Response = 'contain' | 'review';

/** A type of finding as it is known here. */
export interface FindingType {
  /** What is attacked, the word between `:` and `/`: `EC2`, `IAMUser`. */
  readonly target: string;
  readonly response: Response;
}

/**
 * Every active type of finding of Amazon GuardDuty (GuardDuty User Guide, "GuardDuty finding types", December 2025), by target and threat purpose. A `*` is before
 * those that show a compromise and not only an attempt, an anomaly or a weak setting.
 */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AttackSequence: {
    EC2: '*CompromisedInstanceGroup',
    ECS: '*CompromisedCluster',
    EKS: '*CompromisedCluster',
    IAM: '*CompromisedCredentials',
    S3: '*CompromisedData',
  },
  Backdoor: {
    EC2: '*C&CActivity.B *C&CActivity.B!DNS *DenialOfService.Dns *DenialOfService.Tcp *DenialOfService.Udp *DenialOfService.UdpOnTcpPorts *DenialOfService.UnusualProtocol *Spambot',
    Lambda: '*C&CActivity.B',
    Runtime: '*C&CActivity.B *C&CActivity.B!DNS',
  },
  Behavior: { EC2: 'NetworkPortUnusual TrafficVolumeUnusual' },
  CredentialAccess: {
    IAMUser: 'AnomalousBehavior *CompromisedCredentials',
    Kubernetes:
      'AnomalousBehavior.SecretsAccessed MaliciousIPCaller MaliciousIPCaller.Custom *SuccessfulAnonymousAccess TorIPCaller',
    RDS: 'AnomalousBehavior.FailedLogin *AnomalousBehavior.SuccessfulBruteForce AnomalousBehavior.SuccessfulLogin MaliciousIPCaller.FailedLogin *MaliciousIPCaller.SuccessfulLogin TorIPCaller.FailedLogin *TorIPCaller.SuccessfulLogin',
  },
  CryptoCurrency: {
    EC2: '*BitcoinTool.B *BitcoinTool.B!DNS',
    Lambda: '*BitcoinTool.B',
    Runtime: '*BitcoinTool.B *BitcoinTool.B!DNS',
  },
  DefenseEvasion: {
    EC2: 'UnusualDNSResolver UnusualDoHActivity UnusualDoTActivity',
    IAMUser: 'AnomalousBehavior BedrockLoggingDisabled',
    Kubernetes: 'MaliciousIPCaller MaliciousIPCaller.Custom *SuccessfulAnonymousAccess TorIPCaller',
    Runtime:
      '*FilelessExecution *KernelModuleLoaded *ProcessInjection.Proc *ProcessInjection.Ptrace *ProcessInjection.VirtualMemoryWrite PtraceAntiDebugging SuspiciousCommand',
  },
  Discovery: {
    IAMUser: 'AnomalousBehavior',
    Kubernetes:
      'AnomalousBehavior.PermissionChecked MaliciousIPCaller MaliciousIPCaller.Custom SuccessfulAnonymousAccess TorIPCaller',
    RDS: 'MaliciousIPCaller TorIPCaller',
    Runtime: 'SuspiciousCommand',
    S3: 'AnomalousBehavior MaliciousIPCaller MaliciousIPCaller.Custom TorIPCaller',
  },
  Execution: {
    Container: '*MaliciousFile SuspiciousFile',
    EC2: '*MaliciousFile SuspiciousFile MaliciousFile!Snapshot MaliciousFile!AMI MaliciousFile!RecoveryPoint',
    ECS: '*MaliciousFile SuspiciousFile',
    Kubernetes:
      'AnomalousBehavior.ExecInPod AnomalousBehavior.WorkloadDeployed ExecInKubeSystemPod *MaliciousFile SuspiciousFile',
    Runtime:
      '*MaliciousFileExecuted NewBinaryExecuted NewLibraryLoaded *ReverseShell SuspiciousCommand SuspiciousShellCreated SuspiciousTool',
    S3: 'MaliciousFile!RecoveryPoint',
  },
  Exfiltration: { IAMUser: 'AnomalousBehavior', S3: 'AnomalousBehavior *MaliciousIPCaller' },
  Impact: {
    EC2: 'AbusedDomainRequest.Reputation *BitcoinDomainRequest.Reputation MaliciousDomainRequest.Custom *MaliciousDomainRequest.Reputation PortSweep SuspiciousDomainRequest.Reputation *WinRMBruteForce',
    IAMUser: 'AnomalousBehavior',
    Kubernetes: 'MaliciousIPCaller MaliciousIPCaller.Custom *SuccessfulAnonymousAccess TorIPCaller',
    Runtime:
      'AbusedDomainRequest.Reputation *BitcoinDomainRequest.Reputation *CryptoMinerExecuted *MaliciousDomainRequest.Reputation SuspiciousDomainRequest.Reputation',
    S3: 'AnomalousBehavior.Delete AnomalousBehavior.Permission AnomalousBehavior.Write *MaliciousIPCaller',
  },
  InitialAccess: { IAMUser: 'AnomalousBehavior' },
  Object: { S3: 'MaliciousFile' },
  PenTest: { IAMUser: 'KaliLinux ParrotLinux PentooLinux', S3: 'KaliLinux ParrotLinux PentooLinux' },
  Persistence: {
    IAMUser: 'AnomalousBehavior',
    Kubernetes:
      'AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount ContainerWithSensitiveMount MaliciousIPCaller MaliciousIPCaller.Custom *SuccessfulAnonymousAccess TorIPCaller',
    Runtime: 'SuspiciousCommand',
  },
  Policy: {
    IAMUser: 'RootCredentialUsage ShortTermRootCredentialUsage',
    Kubernetes: 'AdminAccessToDefaultServiceAccount AnonymousAccessGranted ExposedDashboard KubeflowDashboardExposed',
    S3: 'AccountBlockPublicAccessDisabled *BucketAnonymousAccessGranted BucketBlockPublicAccessDisabled *BucketPublicAccessGranted',
  },
  PrivilegeEscalation: {
    IAMUser: 'AnomalousBehavior',
    Kubernetes:
      'AnomalousBehavior.RoleBindingCreated AnomalousBehavior.RoleCreated AnomalousBehavior.WorkloadDeployed!PrivilegedContainer PrivilegedContainer',
    Runtime:
      '*CGroupsReleaseAgentModified ContainerMountsHostDirectory DockerSocketAccessed ElevationToRoot *RuncContainerEscape SuspiciousCommand UserfaultfdUsage',
  },
  Recon: {
    EC2: 'PortProbeEMRUnprotectedPort PortProbeUnprotectedPort Portscan',
    IAMUser: 'MaliciousIPCaller MaliciousIPCaller.Custom TorIPCaller',
  },
  Stealth: {
    IAMUser: '*CloudTrailLoggingDisabled PasswordPolicyChange',
    S3: 'ServerAccessLoggingDisabled',
  },
  Trojan: {
    EC2: 'BlackholeTraffic BlackholeTraffic!DNS *DGADomainRequest.B *DGADomainRequest.C!DNS *DNSDataExfiltration DriveBySourceTraffic!DNS *DropPoint *DropPoint!DNS PhishingDomainRequest!DNS',
    Lambda: 'BlackholeTraffic *DropPoint',
    Runtime:
      'BlackholeTraffic BlackholeTraffic!DNS *DGADomainRequest.C!DNS DriveBySourceTraffic!DNS *DropPoint *DropPoint!DNS PhishingDomainRequest!DNS',
  },
  UnauthorizedAccess: {
    EC2: 'MaliciousIPCaller.Custom *MetadataDNSRebind RDPBruteForce SSHBruteForce TorClient TorRelay',
    IAMUser:
      'ConsoleLoginSuccess.B InstanceCredentialExfiltration.InsideAWS *InstanceCredentialExfiltration.OutsideAWS *MaliciousIPCaller MaliciousIPCaller.Custom *ResourceCredentialExfiltration.OutsideAWS TorIPCaller',
    Lambda: 'MaliciousIPCaller.Custom TorClient TorRelay',
    Runtime: '*MetadataDNSRebind TorClient TorRelay',
    S3: 'MaliciousIPCaller.Custom TorIPCaller',
  },
};

/** All types, by their whole name: `Backdoor:EC2/Spambot`. */
export const FINDING_TYPES: ReadonlyMap<string, FindingType> = new Map(
  Object.entries(TYPES).flatMap(([purpose, targets]) =>
    Object.entries(targets).flatMap(([target, names]) =>
      names.split(' ').map((name): [string, FindingType] => {
        const isCompromise = name.startsWith('*');
        const response = isCompromise ? 'contain' : 'review';
        return [`${purpose}:${target}/${isCompromise ? name.slice(1) : name}`, { target, response }];
      }),
    ),
  ),
);
