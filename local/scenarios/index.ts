import { adminAttached } from './admin-attached.ts';
import { altered } from './altered.ts';
import { badBesideGood } from './bad-beside-good.ts';
import { deleted } from './deleted.ts';
import { documentRewritten } from './document-rewritten.ts';
import { keyCreated } from './key-created.ts';
import { keyLeaked } from './key-leaked.ts';
import { outsidePolicy } from './outside-policy.ts';
import { passwordCreated } from './password-created.ts';
import { platformImage } from './platform-image.ts';
import { quarantined } from './quarantined.ts';
import { revertUndone } from './revert-undone.ts';
import { roleDeleted } from './role-deleted.ts';
import type { Scenario, ScenarioPrincipal, Subject } from './scenario.ts';
import { signedAfterFinding } from './signed-after-finding.ts';
import { signedByKey } from './signed-by-key.ts';
import { signedByWorkflow } from './signed-by-workflow.ts';
import { signedInQuarantine } from './signed-in-quarantine.ts';
import { signedLate } from './signed-late.ts';
import { transplanted } from './transplanted.ts';
import { trustBackdoored } from './trust-backdoored.ts';
import { unsigned } from './unsigned.ts';
import { userUndeclared } from './user-undeclared.ts';
import { wrongIdentity } from './wrong-identity.ts';

/** Somebody pushes an image. */
export const IMAGE_SCENARIOS: readonly Scenario[] = [
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
  signedInQuarantine,
];

/** Somebody changes or misuses a role or user. */
export const PRINCIPAL_SCENARIOS: readonly Scenario<ScenarioPrincipal>[] = [
  adminAttached,
  trustBackdoored,
  keyCreated,
  passwordCreated,
  userUndeclared,
  documentRewritten,
  roleDeleted,
  revertUndone,
  keyLeaked,
];

/** Every scenario, in the order in which `npm start` runs them. */
export const SCENARIOS: readonly Scenario<Subject>[] = [...IMAGE_SCENARIOS, ...PRINCIPAL_SCENARIOS];
