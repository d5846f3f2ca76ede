import type { Reason } from '../core/errors.ts';
import { parseOperatorRequest } from '../core/events/custom-action.ts';
import { type OperatorChoice, readChoice } from '../core/ledger/operator-choice.ts';
import { readOperatorCommand } from '../core/ledger/operator-command.ts';

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
  | { readonly outcome: 'rejected'; readonly reason: Reason };

/** Reads a message on the operator queue: a command, or else a custom action of Security Hub. Never throws. */
export function readRequest(body: string, sender: string): ReadRequest {
  const command = readOperatorCommand(body, sender);
  if (command.is === 'rejected') return { outcome: 'rejected', reason: command.reason };
  if (command.is === 'command') {
    const { choice } = command;
    return { outcome: 'request', choices: [{ choice, ids: { action: choice.what.kind, sender } }] };
  }
  const parsed = parseOperatorRequest(body);
  if (parsed.outcome === 'rejected') return parsed;
  const { request } = parsed;
  const choices = request.findings.map((finding) => ({
    choice: readChoice(request, finding),
    ids: { event: request.eventId, action: request.action, finding: finding.id },
  }));
  return { outcome: 'request', choices };
}
