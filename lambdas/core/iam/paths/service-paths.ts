import type { PathRule } from './path-rule.ts';

/**
 * Services that run code, or make calls of the caller's choice, with a role: `passing` takes the role from the caller (`iam:PassRole`), `running` uses one that
 * something already has. A service that is missing here is one line.
 */
export const SERVICE_PATHS: readonly PathRule[] = [
  passing('apprunner-001', 'tasks.apprunner', 'apprunner:CreateService'),
  running('apprunner-002', 'tasks.apprunner', 'apprunner:UpdateService'),
  passing(
    'bedrock-001',
    'bedrock-agentcore',
    'bedrock-agentcore:CreateCodeInterpreter',
    'bedrock-agentcore:StartCodeInterpreterSession',
    'bedrock-agentcore:InvokeCodeInterpreter',
  ),
  running(
    'bedrock-002',
    'bedrock-agentcore',
    'bedrock-agentcore:StartCodeInterpreterSession',
    'bedrock-agentcore:InvokeCodeInterpreter',
  ),
  passing(
    'passrole-agent-runtime',
    'bedrock-agentcore',
    'bedrock-agentcore:CreateAgentRuntime',
    'bedrock-agentcore:InvokeAgentRuntime',
  ),
  passing('cloudformation-001', 'cloudformation', 'cloudformation:CreateStack'),
  running('cloudformation-002', 'cloudformation', 'cloudformation:UpdateStack'),
  passing(
    'cloudformation-003',
    'cloudformation',
    'cloudformation:CreateStackSet',
    'cloudformation:CreateStackInstances',
  ),
  passing('cloudformation-004', 'cloudformation', 'cloudformation:UpdateStackSet'),
  running('cloudformation-005', 'cloudformation', 'cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'),
  passing('codebuild-001', 'codebuild', 'codebuild:CreateProject', 'codebuild:StartBuild'),
  running('codebuild-002', 'codebuild', 'codebuild:StartBuild'),
  running('codebuild-003', 'codebuild', 'codebuild:StartBuildBatch'),
  passing('codebuild-004', 'codebuild', 'codebuild:CreateProject', 'codebuild:StartBuildBatch'),
  passing(
    'datapipeline-001',
    'datapipeline elasticmapreduce',
    'datapipeline:CreatePipeline',
    'datapipeline:PutPipelineDefinition',
    'datapipeline:ActivatePipeline',
  ),
  passing('ec2-001', 'ec2', 'ec2:RunInstances'),
  running('ec2-002', 'ec2', 'ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'),
  passing('ec2-003', 'ec2', 'ec2:RequestSpotInstances'),
  running('ec2-004', 'ec2', 'ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'),
  running('ec2instanceconnect-003', 'ec2', 'ec2-instance-connect:SendSSHPublicKey'),
  passing('passrole-instance-profile', 'ec2', 'ec2:AssociateIamInstanceProfile'),
  passing('passrole-instance-profile-replaced', 'ec2', 'ec2:ReplaceIamInstanceProfileAssociation'),
  passing('passrole-spot-fleet', 'ec2', 'ec2:RequestSpotFleet'),
  passing('passrole-fleet', 'ec2', 'ec2:CreateLaunchTemplate', 'ec2:CreateFleet'),
  passing(
    'passrole-launch-configuration',
    'ec2',
    'autoscaling:CreateLaunchConfiguration',
    'autoscaling:CreateAutoScalingGroup',
  ),
  passing('passrole-auto-scaling', 'ec2', 'ec2:CreateLaunchTemplate', 'autoscaling:CreateAutoScalingGroup'),
  passing('passrole-node-group', 'ec2', 'eks:CreateNodegroup'),
  passing('passrole-pod-identity', 'pods.eks', 'eks:CreatePodIdentityAssociation'),
  passing(
    'passrole-beanstalk',
    'ec2',
    'elasticbeanstalk:CreateApplicationVersion',
    'elasticbeanstalk:CreateEnvironment',
  ),
  passing(
    'passrole-image-builder',
    'ec2',
    'imagebuilder:CreateInfrastructureConfiguration',
    'imagebuilder:CreateComponent',
    'imagebuilder:CreateImage',
  ),
  passing('ecs-001', 'ecs-tasks', 'ecs:CreateCluster', 'ecs:RegisterTaskDefinition', 'ecs:CreateService'),
  passing('ecs-002', 'ecs-tasks', 'ecs:CreateCluster', 'ecs:RegisterTaskDefinition', 'ecs:RunTask'),
  passing('ecs-003', 'ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:CreateService'),
  passing('ecs-004', 'ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:RunTask'),
  passing('ecs-005', 'ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:StartTask'),
  passing('passrole-task-of-service', 'ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:UpdateService'),
  running('task-command', 'ecs-tasks', 'ecs:ExecuteCommand'),
  passing('passrole-batch', 'ecs-tasks', 'batch:RegisterJobDefinition', 'batch:SubmitJob'),
  passing('passrole-emr', 'elasticmapreduce ec2', 'elasticmapreduce:RunJobFlow'),
  running('emr-steps', 'ec2', 'elasticmapreduce:AddJobFlowSteps'),
  passing('passrole-emr-serverless', 'emr-serverless', 'emr-serverless:StartJobRun'),
  passing('glue-001', 'glue', 'glue:CreateDevEndpoint'),
  running('glue-002', 'glue', 'glue:UpdateDevEndpoint'),
  passing('glue-003', 'glue', 'glue:CreateJob', 'glue:StartJobRun'),
  passing('glue-004', 'glue', 'glue:CreateJob', 'glue:CreateTrigger'),
  passing('glue-005', 'glue', 'glue:UpdateJob', 'glue:StartJobRun'),
  passing('glue-006', 'glue', 'glue:UpdateJob', 'glue:CreateTrigger'),
  passing('passrole-glue-session', 'glue', 'glue:CreateSession', 'glue:RunStatement'),
  passing('lambda-001', 'lambda', 'lambda:CreateFunction', 'lambda:InvokeFunction'),
  passing('lambda-002', 'lambda', 'lambda:CreateFunction', 'lambda:CreateEventSourceMapping'),
  running('lambda-003', 'lambda', 'lambda:UpdateFunctionCode'),
  running('lambda-004', 'lambda', 'lambda:UpdateFunctionCode', 'lambda:InvokeFunction'),
  running('lambda-005', 'lambda', 'lambda:UpdateFunctionCode', 'lambda:AddPermission'),
  passing('lambda-006', 'lambda', 'lambda:CreateFunction', 'lambda:AddPermission'),
  running('lambda-layers', 'lambda', 'lambda:UpdateFunctionConfiguration'),
  passing('passrole-function-role', 'lambda', 'lambda:UpdateFunctionConfiguration', 'lambda:UpdateFunctionCode'),
  passing('passrole-function-url', 'lambda', 'lambda:CreateFunction', 'lambda:CreateFunctionUrlConfig'),
  passing('passrole-canary', 'lambda', 'synthetics:CreateCanary', 'synthetics:StartCanary'),
  passing('sagemaker-001', 'sagemaker', 'sagemaker:CreateNotebookInstance'),
  passing('sagemaker-002', 'sagemaker', 'sagemaker:CreateTrainingJob'),
  passing('sagemaker-003', 'sagemaker', 'sagemaker:CreateProcessingJob'),
  running('sagemaker-004', 'sagemaker', 'sagemaker:CreatePresignedNotebookInstanceUrl'),
  running(
    'sagemaker-005',
    'sagemaker',
    'sagemaker:CreateNotebookInstanceLifecycleConfig',
    'sagemaker:StopNotebookInstance',
    'sagemaker:UpdateNotebookInstance',
    'sagemaker:StartNotebookInstance',
  ),
  running('studio-url', 'sagemaker', 'sagemaker:CreatePresignedDomainUrl'),
  passing('passrole-studio', 'sagemaker', 'sagemaker:CreateUserProfile', 'sagemaker:CreatePresignedDomainUrl'),
  passing('passrole-tuning', 'sagemaker', 'sagemaker:CreateHyperParameterTuningJob'),
  passing(
    'passrole-model',
    'sagemaker',
    'sagemaker:CreateModel',
    'sagemaker:CreateEndpointConfig',
    'sagemaker:CreateEndpoint',
  ),
  passing('passrole-ml-pipeline', 'sagemaker', 'sagemaker:CreatePipeline', 'sagemaker:StartPipelineExecution'),
  running('ssm-001', 'ec2', 'ssm:StartSession'),
  running('ssm-002', 'ec2', 'ssm:SendCommand'),
  running('ssm-association', 'ec2', 'ssm:CreateAssociation'),
  passing('passrole-automation', 'ssm', 'ssm:StartAutomationExecution'),
  passing('passrole-state-machine', 'states', 'states:CreateStateMachine', 'states:StartExecution'),
  running('state-machine', 'states', 'states:UpdateStateMachine', 'states:StartExecution'),
  passing('passrole-schedule', 'scheduler', 'scheduler:CreateSchedule'),
  passing('passrole-pipeline', 'codepipeline', 'codepipeline:CreatePipeline'),
  passing('passrole-airflow', 'airflow-env airflow', 'airflow:CreateEnvironment'),
  passing('passrole-amplify', 'amplify', 'amplify:CreateApp', 'amplify:CreateBranch', 'amplify:StartJob'),
  passing(
    'passrole-flink',
    'kinesisanalytics',
    'kinesisanalytics:CreateApplication',
    'kinesisanalytics:StartApplication',
  ),
  passing('passrole-omics', 'omics', 'omics:StartRun'),
  passing('passrole-braket', 'braket', 'braket:CreateJob'),
  passing('passrole-gamelift', 'gamelift', 'gamelift:CreateFleet'),
  passing('passrole-rest-api', 'apigateway', 'apigateway:POST'),
  passing('passrole-roles-anywhere', 'rolesanywhere', 'rolesanywhere:CreateTrustAnchor', 'rolesanywhere:CreateProfile'),
];

function passing(id: string, services: string, ...actions: readonly string[]): PathRule {
  return { gain: 'service-role', id, services: nameServices(services), passes: true, actions: actions.map(lower) };
}

function running(id: string, services: string, ...actions: readonly string[]): PathRule {
  return { gain: 'service-role', id, services: nameServices(services), passes: false, actions: actions.map(lower) };
}

function nameServices(services: string): readonly string[] {
  return services.split(' ').map((service) => `${service}.amazonaws.com`);
}

function lower(action: string): string {
  return action.toLowerCase();
}
