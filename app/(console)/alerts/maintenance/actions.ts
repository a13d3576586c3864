'use server';

import { matchingAlerts as matchingQuery } from '#lib/alerts/quiet/matching-alerts.ts';
import {
  createMaintenanceWindow as createCommand,
  deleteMaintenanceWindow as deleteCommand,
  updateMaintenanceWindow as updateCommand,
} from '#lib/alerts/quiet/set-maintenance.ts';
import { action, asking } from '#lib/web/action.ts';

export const createMaintenanceWindow = action(createCommand);
export const updateMaintenanceWindow = action(updateCommand);
export const deleteMaintenanceWindow = action(deleteCommand);
export const matchingAlerts = asking(matchingQuery);
