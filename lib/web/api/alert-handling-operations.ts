import type { z } from 'zod';
import {
  createIntegration,
  revokeIntegration,
  rotateIntegration,
  updateIntegration,
} from '#lib/alerts/integrations/manage.ts';
import { listIntegrations } from '#lib/alerts/integrations/queries.ts';
import {
  getSilence,
  listInhibitionRules,
  listMaintenanceWindows,
  listSilences,
} from '#lib/alerts/quiet/queries.ts';
import { createInhibitionRule, deleteInhibitionRule } from '#lib/alerts/quiet/set-inhibition.ts';
import {
  createMaintenanceWindow,
  deleteMaintenanceWindow,
  updateMaintenanceWindow,
} from '#lib/alerts/quiet/set-maintenance.ts';
import { createSilence, expireSilence, updateSilence } from '#lib/alerts/quiet/set-silence.ts';
import { readAlertSettings, updateAlertSettings } from '#lib/alerts/settings.ts';
import { readAlertStats } from '#lib/alerts/stats.ts';
import { listRoutes } from '#lib/notifications/route-queries.ts';
import { whichRoutes } from '#lib/notifications/which-routes.ts';
import { createRoute, deleteRoute, updateRoute } from '#lib/pipeline/route/manage-routes.ts';
import { orderRoutes } from '#lib/pipeline/route/order-routes.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'alerts',
});

const quietOperations = {
  listSilences: operation({
    method: 'GET',
    path: '/silences',
    verb: listSilences,
    summary: 'List silences; expired ones for 5 days',
    answer: 'SilenceList',
  }),
  createSilence: operation({
    method: 'POST',
    path: '/silences',
    verb: createSilence,
    summary: 'Silence what matches until a moment',
    answer: 'HandlingId',
    status: 201,
  }),
  getSilence: operation({
    method: 'GET',
    path: '/silences/{id}',
    verb: getSilence,
    summary: 'Read a silence',
    answer: 'Silence',
  }),
  updateSilence: operation({
    method: 'PATCH',
    path: '/silences/{id}',
    verb: updateSilence,
    summary: 'Change a silence; other matchers make a new one, whose id is answered',
    answer: 'HandlingId',
  }),
  expireSilence: operation({
    method: 'DELETE',
    path: '/silences/{id}',
    verb: expireSilence,
    summary: 'End a silence now',
    answer: 'HandlingId',
  }),
  listMaintenanceWindows: operation({
    method: 'GET',
    path: '/maintenance-windows',
    verb: listMaintenanceWindows,
    summary: 'List maintenance windows',
    answer: 'MaintenanceWindowList',
  }),
  createMaintenanceWindow: operation({
    method: 'POST',
    path: '/maintenance-windows',
    verb: createMaintenanceWindow,
    summary: 'Plan maintenance, once or again and again',
    answer: 'HandlingId',
    status: 201,
  }),
  updateMaintenanceWindow: operation({
    method: 'PATCH',
    path: '/maintenance-windows/{id}',
    verb: updateMaintenanceWindow,
    summary: 'Replace a maintenance window',
    answer: 'HandlingId',
  }),
  deleteMaintenanceWindow: operation({
    method: 'DELETE',
    path: '/maintenance-windows/{id}',
    verb: deleteMaintenanceWindow,
    summary: 'Delete a maintenance window',
    answer: 'HandlingId',
  }),
  listInhibitionRules: operation({
    method: 'GET',
    path: '/inhibition-rules',
    verb: listInhibitionRules,
    summary: 'List inhibition rules',
    answer: 'InhibitionRuleList',
  }),
  createInhibitionRule: operation({
    method: 'POST',
    path: '/inhibition-rules',
    verb: createInhibitionRule,
    summary: 'Let what fires keep other alerts quiet',
    answer: 'HandlingId',
    status: 201,
  }),
  deleteInhibitionRule: operation({
    method: 'DELETE',
    path: '/inhibition-rules/{id}',
    verb: deleteInhibitionRule,
    summary: 'Delete an inhibition rule',
    answer: 'HandlingId',
  }),
};

const routingOperations = {
  listAlertRoutes: operation({
    method: 'GET',
    path: '/alert-routes',
    verb: listRoutes,
    summary: 'List routes in the order in which they are asked',
    answer: 'AlertRouteList',
  }),
  createAlertRoute: operation({
    method: 'POST',
    path: '/alert-routes',
    verb: createRoute,
    summary: 'Send what matches somewhere else',
    answer: 'HandlingId',
    status: 201,
  }),
  orderAlertRoutes: operation({
    method: 'POST',
    path: '/alert-routes/order',
    verb: orderRoutes,
    summary: 'Ask the routes in this order, all of them named but the one that takes everything else',
    answer: 'AlertRouteOrder',
  }),
  whichAlertRoutes: operation({
    method: 'POST',
    path: '/alert-routes/which',
    verb: whichRoutes,
    summary: 'Which routes would take an alert with these labels; changes nothing',
    answer: 'TakingRoutes',
  }),
  updateAlertRoute: operation({
    method: 'PATCH',
    path: '/alert-routes/{id}',
    verb: updateRoute,
    summary: 'Replace a route; what was told stays told',
    answer: 'HandlingId',
  }),
  deleteAlertRoute: operation({
    method: 'DELETE',
    path: '/alert-routes/{id}',
    verb: deleteRoute,
    summary: 'Delete a route; its open alerts go where the others send them',
    answer: 'HandlingId',
  }),
  readAlertSettings: operation({
    method: 'GET',
    path: '/alert-settings',
    verb: readAlertSettings,
    summary: 'How the team wants its alerts handled',
    answer: 'AlertSettings',
  }),
  updateAlertSettings: operation({
    method: 'PATCH',
    path: '/alert-settings',
    verb: updateAlertSettings,
    summary: 'Change how alerts are handled',
    answer: 'AlertSettings',
  }),
  readAlertStats: operation({
    method: 'GET',
    path: '/alert-stats',
    verb: readAlertStats,
    summary: 'Times to acknowledge and to resolve, alerts by agent and day, useful and noise',
    answer: 'AlertStats',
  }),
};

const integrationOperations = {
  listAlertIntegrations: operation({
    method: 'GET',
    path: '/alert-integrations',
    verb: listIntegrations,
    summary: 'List the systems that may send alerts to the Alertmanager API',
    answer: 'AlertIntegrationList',
  }),
  createAlertIntegration: operation({
    method: 'POST',
    path: '/alert-integrations',
    verb: createIntegration,
    summary: 'Let a system send alerts; its secret is shown this once',
    answer: 'AlertIntegrationSecret',
    status: 201,
  }),
  updateAlertIntegration: operation({
    method: 'PATCH',
    path: '/alert-integrations/{id}',
    verb: updateIntegration,
    summary: 'Change the name and the limits of a sender',
    answer: 'HandlingId',
  }),
  revokeAlertIntegration: operation({
    method: 'DELETE',
    path: '/alert-integrations/{id}',
    verb: revokeIntegration,
    summary: 'End a sender for good',
    answer: 'HandlingId',
  }),
  rotateAlertIntegration: operation({
    method: 'POST',
    path: '/alert-integrations/{id}/secret',
    verb: rotateIntegration,
    summary: 'Give a sender another secret; the one before stops at once',
    answer: 'AlertIntegrationSecret',
  }),
};

/** Rows on how alerts are handled: what keeps them quiet, where they go, who sends them, how it went. */
export const alertHandlingOperations = {
  ...quietOperations,
  ...routingOperations,
  ...integrationOperations,
};
