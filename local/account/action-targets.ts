import {
  CreateActionTargetCommand,
  DeleteActionTargetCommand,
  DescribeActionTargetsCommand,
  InvalidInputException,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateActionTargetCommand,
} from '@aws-sdk/client-securityhub';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';

/** Custom actions of Security Hub: an id of at most 20 letters and digits and a name of at most 20 characters (Security Hub API Reference, CreateActionTarget). */
export function answerActionTargets({ id, region }: AccountContext, checkEnabled: () => void): [string, Operation][] {
  const targets = new Map<string, { Name: string; Description: string }>();
  const arnOf = (name: string) => `arn:aws:securityhub:${region}:${id}:action/custom/${name}`;
  const idOf = (arn = '') => {
    const found = [...targets.keys()].find((name) => arnOf(name) === arn);
    if (found === undefined) throw refusal(ResourceNotFoundException, `${arn} is not there`, 404);
    return found;
  };
  const checkText = (Name = '', Description = '') => {
    checkEnabled();
    if (Name === '' || Name.length > 20 || Description === '')
      throw refusal(InvalidInputException, 'Name or Description');
    return { Name, Description };
  };
  return [
    answers(CreateActionTargetCommand, ({ Id = '', Name, Description }) => {
      const content = checkText(Name, Description);
      if (!/^[A-Za-z0-9]{1,20}$/.test(Id)) throw refusal(InvalidInputException, 'Id');
      if (targets.has(Id)) throw refusal(ResourceConflictException, `${Id} is there already`, 409);
      targets.set(Id, content);
      return { ActionTargetArn: arnOf(Id) };
    }),
    answers(UpdateActionTargetCommand, ({ ActionTargetArn, Name, Description }) => {
      targets.set(idOf(ActionTargetArn), checkText(Name, Description));
      return {};
    }),
    answers(DeleteActionTargetCommand, ({ ActionTargetArn }) => {
      checkEnabled();
      targets.delete(idOf(ActionTargetArn));
      return { ActionTargetArn };
    }),
    answers(DescribeActionTargetsCommand, () => {
      checkEnabled();
      return { ActionTargets: [...targets].map(([name, content]) => ({ ActionTargetArn: arnOf(name), ...content })) };
    }),
  ];
}
