import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, type StackProps, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CompiledConfig } from '../lambdas/core/config/compiled.ts';
import type { Config } from '../lambdas/core/config/schema.ts';
import { OperatorAlarms } from './alarms.ts';
import { ConfigAnswers } from './config-answers.ts';
import { ConfigEvaluations } from './config-evaluations.ts';
import { ConfigSweep } from './config-sweep.ts';
import { OperatorDashboard } from './dashboard.ts';
import { FindingInsights } from './finding-insights.ts';
import { FindingsRecorder } from './findings-recorder.ts';
import { GuardDutyAnswers } from './guardduty-answers.ts';
import { Heartbeat } from './heartbeat.ts';
import { IamDrift } from './iam-drift.ts';
import { IamSweep } from './iam-sweep.ts';
import { ImageVerification } from './image-verification.ts';
import { KillSwitch } from './kill-switch.ts';
import { OperatorActions } from './operator-actions.ts';
import { PlanExecution, type PlanExecutionProps } from './plan-execution.ts';
import { PlanLedger } from './plan-ledger.ts';
import type { FunctionDefaults } from './service-function.ts';
import { ServiceKey } from './service-key.ts';
import { listSigningProfiles } from './signing-profiles.ts';
import { Sweep } from './sweep.ts';
import { TrustRefresh } from './trust-refresh.ts';
import { UndeliveredEvents } from './undelivered-events.ts';
import { VerdictStore } from './verdict-store.ts';

/** A checked configuration: what the stack needs of it, and the part that goes into the functions. */
export interface DeployedConfiguration {
  readonly alarms: Config['alarms'];
  readonly logs: Config['logs'];
  readonly securityHub?: Config['securityHub'];
  readonly compiled: CompiledConfig;
}

export interface HubStackProps extends StackProps {
  readonly configuration: DeployedConfiguration;
}

/** Everything Countersign runs in one account and region. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, ...props }: HubStackProps) {
    super(scope, id, {
      description: 'Countersign: verifies every image pushed to ECR and reports to Security Hub',
      ...props,
    });
    const key = new ServiceKey(this, 'ServiceKey');
    const alarms = new OperatorAlarms(this, 'Alarms', { destination: configuration.alarms, key });
    const defaults: FunctionDefaults = {
      key,
      alarms,
      logRetentionDays: configuration.logs.retentionDays,
      compiledConfigFile: this.writeCompiledConfig(configuration.compiled),
    };
    const undelivered = new UndeliveredEvents(this, 'UndeliveredEvents', { alarms });
    const signingProfiles = listSigningProfiles(configuration.compiled.trust.policy);
    const verdicts = new VerdictStore(this, 'VerdictStore', { key });
    const recorder = new FindingsRecorder(this, 'FindingsRecorder', defaults);
    if (configuration.securityHub?.insights !== false) new FindingInsights(this, 'FindingInsights');
    const images = new ImageVerification(this, 'ImageVerification', {
      defaults,
      verdicts,
      undelivered,
      findings: recorder.queue,
      signingProfiles,
    });
    const sweep = new Sweep(this, 'Sweep', { defaults, verdicts, images, undelivered, findings: recorder.queue });
    const isRefreshed = configuration.compiled.trust.initialRoots !== undefined;
    const trust = isRefreshed
      ? new TrustRefresh(this, 'TrustRefresh', { defaults, verdicts, undelivered, findings: recorder.queue })
      : undefined;
    const killSwitch = new KillSwitch(this, 'KillSwitch');
    const {
      images: { quarantine },
      iam,
      guardDuty,
      config,
    } = configuration.compiled;
    const drift = iam && new IamDrift(this, 'IamDrift', { defaults, iam, undelivered, findings: recorder.queue });
    const threats =
      guardDuty && new GuardDutyAnswers(this, 'GuardDutyAnswers', { defaults, undelivered, recorder, verdicts });
    const results = config && new ConfigAnswers(this, 'ConfigAnswers', { defaults, undelivered, recorder });
    if (drift !== undefined) results?.addDrift(drift.store);
    const evaluations = config?.evaluations
      ? new ConfigEvaluations(this, 'ConfigEvaluations', {
          ...{ defaults, verdicts },
          ...(iam && drift && { iam: { settings: iam, drift } }),
        })
      : undefined;
    const ownRuleArns = evaluations?.ruleArns ?? [];
    if (ownRuleArns.length > 0) results?.leaveOut(ownRuleArns);
    const configSweep =
      results && new ConfigSweep(this, 'ConfigSweep', { defaults, undelivered, answers: results, ownRuleArns });
    const containment = guardDuty?.containment;
    const canPlan =
      quarantine !== undefined || iam !== undefined || containment !== undefined || config?.playbooks !== undefined;
    const plans = canPlan
      ? this.addPlans({ defaults, verdicts, images, undelivered, killSwitch, quarantine, signingProfiles })
      : undefined;
    if (plans !== undefined && results && config?.playbooks !== undefined) {
      results.addPlans(plans.ledger, plans.execution, config);
      plans.execution.addPlaybooks(config, {
        buckets: iam === undefined ? [] : [`arn:${this.partition}:s3:::${iam.bucket}`],
        keys: [key.key.keyArn],
      });
    }
    const iamSweep =
      drift && iam && new IamSweep(this, 'IamSweep', { defaults, iam, drift, undelivered, findings: recorder.queue });
    const heartbeat =
      drift && iam?.heartbeat.enabled
        ? new Heartbeat(this, 'Heartbeat', { defaults, drift, undelivered, findings: recorder.queue })
        : undefined;
    if (plans !== undefined) {
      const functions = [
        ...[
          images.reaction,
          recorder.recorder,
          sweep.sweep,
          plans.execution.executor,
          plans.operators.operator,
          plans.operators.targets.maker,
        ],
        ...(iamSweep ? [iamSweep.sweep] : []),
        ...(heartbeat ? [heartbeat.heartbeat] : []),
        ...(threats ? [threats.reaction] : []),
        ...(drift ? [drift.reaction] : []),
        ...(trust ? [trust.refresh] : []),
        ...(results ? [results.reaction] : []),
        ...(evaluations ? [evaluations.evaluation] : []),
        ...(configSweep ? [configSweep.sweep] : []),
      ];
      const own = [...functions.map(({ role }) => role.roleArn), ...(heartbeat ? [heartbeat.canaryArn] : [])];
      if (drift !== undefined && iam !== undefined) {
        drift.addPlans(plans.ledger, plans.execution, own);
        drift.allowToAsk(plans.operators.operator);
        plans.execution.addIam(iam, drift, own);
      }
      if (threats !== undefined && containment !== undefined) {
        threats.addContainment(plans.ledger, plans.execution, own, drift?.store);
        threats.allowToAsk(plans.operators.operator);
        plans.execution.addContainment(containment, threats, own, iam);
      }
    }
    new OperatorDashboard(this, 'Dashboard', {
      alarms,
      images,
      recorder,
      sweep,
      ...(trust && { trust }),
      ...(plans && { plans }),
      ...(drift && { drift }),
      ...(threats && { threats }),
      ...(results && { results }),
      ...(evaluations && { evaluations }),
    });
  }

  /** What can change anything, and those who decide about it. Where the configuration asks for no change none of it exists. */
  private addPlans(props: Omit<PlanExecutionProps, 'ledger'> & { readonly undelivered: UndeliveredEvents }): {
    readonly ledger: PlanLedger;
    readonly execution: PlanExecution;
    readonly operators: OperatorActions;
  } {
    const { defaults, images, undelivered } = props;
    const ledger = new PlanLedger(this, 'PlanLedger', { key: defaults.key });
    const execution = new PlanExecution(this, 'PlanExecution', { ...props, ledger });
    if (props.quarantine !== undefined) images.addPlans(ledger, execution);
    const operators = new OperatorActions(this, 'OperatorActions', {
      defaults,
      ledger,
      plans: execution,
      images,
      undelivered,
    });
    return { ledger, execution, operators };
  }

  /** Puts `countersign.compiled.json` where the bundling of each function takes its copy from. */
  private writeCompiledConfig(compiled: CompiledConfig): string {
    const folder = Stage.of(this)?.outdir ?? 'cdk.out';
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'countersign.compiled.json');
    writeFileSync(file, `${JSON.stringify(compiled)}\n`);
    return file;
  }
}
