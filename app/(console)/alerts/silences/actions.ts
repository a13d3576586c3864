'use server';

import { matchingAlerts as matchingQuery } from '#lib/alerts/quiet/matching-alerts.ts';
import {
  createSilence as createCommand,
  expireSilence as expireCommand,
  updateSilence as updateCommand,
} from '#lib/alerts/quiet/set-silence.ts';
import { action, asking } from '#lib/web/action.ts';

export const createSilence = action(createCommand);
export const updateSilence = action(updateCommand);
export const expireSilence = action(expireCommand);
export const matchingAlerts = asking(matchingQuery);
