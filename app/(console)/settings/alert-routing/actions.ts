'use server';

import { matchingAlerts as matchingQuery } from '#lib/alerts/quiet/matching-alerts.ts';
import {
  createInhibitionRule as createInhibition,
  deleteInhibitionRule as deleteInhibition,
} from '#lib/alerts/quiet/set-inhibition.ts';
import { updateAlertSettings as updateSettings } from '#lib/alerts/settings.ts';
import { whichRoutes as whichQuery } from '#lib/notifications/which-routes.ts';
import {
  createRoute as createCommand,
  deleteRoute as deleteCommand,
  updateRoute as updateCommand,
} from '#lib/pipeline/route/manage-routes.ts';
import { orderRoutes as orderCommand } from '#lib/pipeline/route/order-routes.ts';
import { action, asking } from '#lib/web/action.ts';

export const createRoute = action(createCommand);
export const updateRoute = action(updateCommand);
export const deleteRoute = action(deleteCommand);
export const orderRoutes = action(orderCommand);
export const whichRoutes = asking(whichQuery);
export const matchingAlerts = asking(matchingQuery);
export const createInhibitionRule = action(createInhibition);
export const deleteInhibitionRule = action(deleteInhibition);
export const updateAlertSettings = action(updateSettings);
