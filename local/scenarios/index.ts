import { altered } from './altered.ts';
import { badBesideGood } from './bad-beside-good.ts';
import { deleted } from './deleted.ts';
import { outsidePolicy } from './outside-policy.ts';
import { platformImage } from './platform-image.ts';
import { quarantined } from './quarantined.ts';
import type { Scenario } from './scenario.ts';
import { signedAfterFinding } from './signed-after-finding.ts';
import { signedByKey } from './signed-by-key.ts';
import { signedByWorkflow } from './signed-by-workflow.ts';
import { signedLate } from './signed-late.ts';
import { transplanted } from './transplanted.ts';
import { unsigned } from './unsigned.ts';
import { wrongIdentity } from './wrong-identity.ts';

/** Every scenario, in the order in which `npm start` runs them. */
export const SCENARIOS: readonly Scenario[] = [
  signedByWorkflow,
  signedByKey,
  wrongIdentity,
  transplanted,
  altered,
  badBesideGood,
  platformImage,
  signedLate,
  deleted,
  outsidePolicy,
  unsigned,
  quarantined,
  signedAfterFinding,
];
