'use server';

import { deploymentsHeldBy as heldQuery } from '#lib/deployments/policies/freeze-queries.ts';
import {
  createFreezeWindow as createCommand,
  endFreezeWindow as endCommand,
  updateFreezeWindow as updateCommand,
} from '#lib/deployments/policies/freeze-windows.ts';
import { action, asking } from '#lib/web/action.ts';

export const createFreezeWindow = action(createCommand);
export const updateFreezeWindow = action(updateCommand);
export const endFreezeWindow = action(endCommand);
export const deploymentsHeldBy = asking(heldQuery);
