import type { Reason } from '../core/errors.ts';
import { type ContainRequest, parseOperatorRequest } from '../core/events/custom-action.ts';
import { type OperatorChoice, readChoice } from '../core/ledger/operator-choice.ts';
import { type ContainCommand, readOperatorCommand } from '../core/ledger/operator-command.ts';
import { readTarget } from '../core/threats/containment/target.ts';
import { WHOEVER, writeTargetMessage, writeThreatMessage } from '../core/threats/containment/target-message.ts';

/** What one message asks for. */
export type ReadRequest =
  | {
      readonly outcome: 'request';
      /** One for each finding that was acted on, or for the plan that was named. Without a choice where the finding shows no plan. */
      readonly choices: readonly {
        readonly choice: OperatorChoice | undefined;
        readonly ids: Readonly<Record<string, string>>;
      }[];
    }
  /** Bodies of messages for guardduty-reaction: one for each who is to be contained. */
  | {
      readonly outcome: 'contain';
      readonly messages: readonly string[];
      readonly ids: Readonly<Record<string, string>>;
    }
  | { readonly outcome: 'rejected'; readonly reason: Reason };

/** Reads a message on the operator queue: a command, or else a custom action of Security Hub. Never throws. */
export function readRequest(body: string, sender: string): ReadRequest {
  const command = readOperatorCommand(body, sender);
  if (command.is === 'rejected') return { outcome: 'rejected', reason: command.reason };
  if (command.is === 'command') {
    const { choice } = command;
    return { outcome: 'request', choices: [{ choice, ids: { action: choice.what.kind, sender } }] };
  }
  if (command.is === 'contain') return readContainCommand(command.command, sender);
  const parsed = parseOperatorRequest(body);
  if (parsed.outcome === 'rejected') return parsed;
  if (parsed.outcome === 'contain') return readContainAction(parsed.request);
  const { request } = parsed;
  const choices = request.findings.map((finding) => ({
    choice: readChoice(request, finding),
    ids: { event: request.eventId, action: request.action, finding: finding.id },
  }));
  return { outcome: 'request', choices };
}

/** Who asked is the sender as SQS knows them; whom they mean is whoever has the ARN. */
function readContainCommand({ target, request, expiresAfter }: ContainCommand, sender: string): ReadRequest {
  if (readTarget(target, WHOEVER) === undefined) {
    return {
      outcome: 'rejected',
      reason: { code: 'no-target', message: 'not the ARN of a user, a role or a session' },
    };
  }
  const asked = {
    identity: sender,
    via: 'command line',
    request: `command/${request}`,
    ...(expiresAfter && { expiresAfter }),
  };
  return {
    outcome: 'contain',
    messages: [writeTargetMessage(target, WHOEVER, asked)],
    ids: { action: 'contain', sender },
  };
}

function readContainAction({ eventId, account, region, threats }: ContainRequest): ReadRequest {
  const via = `security-hub/${eventId}`;
  const messages = threats.map((threat) =>
    writeThreatMessage(threat, {
      identity: `securityhub:${region}:${account}`,
      via,
      request: `${via}/${threat}`.slice(0, 200),
    }),
  );
  return { outcome: 'contain', messages, ids: { action: 'contain', event: eventId } };
}
