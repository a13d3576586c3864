'use server';

import {
  deleteDeploymentPolicy as deleteCommand,
  setDeploymentPolicy as setCommand,
} from '#lib/deployments/policies/policy-verbs.ts';
import { action } from '#lib/web/action.ts';

export const setDeploymentPolicy = action(setCommand);
export const deleteDeploymentPolicy = action(deleteCommand);
