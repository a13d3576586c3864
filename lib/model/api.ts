import { z } from 'zod';
import { accessBodies } from './access-view.ts';
import { apiKeyViewSchema } from './account-view.ts';
import {
  agentDetailSchema,
  agentRowSchema,
  fleetCountsSchema,
  pageOf,
  transitionRowSchema,
} from './agent-view.ts';
import { integrationBodies } from './alert-integration.ts';
import { settledBeforeSchema } from './alert-response.ts';
import { routeBodies } from './alert-route.ts';
import {
  ruleDetailSchema,
  rulePreviewSchema,
  ruleRowSchema,
  ruleTransitionSchema,
  ruleVersionSchema,
} from './alert-rule-view.ts';
import { alertStatsSchema } from './alert-stats.ts';
import { alertCountsSchema, alertDetailSchema, alertPageSchema } from './alert-view.ts';
import { auditBodies } from './audit-log.ts';
import { awaitedBodies } from './awaited-approval.ts';
import { clusterBodies } from './cluster.ts';
import { clusterAgentBodies } from './cluster-agent.ts';
import { contentBodies } from './content.ts';
import { triggerBodies } from './deploy-trigger.ts';
import { deploymentBodies } from './deployment.ts';
import { planBodies } from './deployment-plan.ts';
import { policyBodies } from './deployment-policy.ts';
import { freezeBodies } from './freeze-window.ts';
import { gateJudgementSchema } from './gate.ts';
import { gateSourceBodies } from './gate-source.ts';
import type { MetricAnswer } from './metric.ts';
import { muteBodies } from './mute.ts';
import { channelViewSchema } from './notification-channel.ts';
import { deliveryRowSchema, deliverySchema, deviceSchema } from './notification-view.ts';
import {
  contactsViewSchema,
  onCallReportSchema,
  personSchema,
  policyViewSchema,
  scheduleDetailSchema,
} from './on-call-view.ts';
import { receiverReportSchema } from './receiver.ts';
import { registryBodies } from './registry.ts';
import { repositoryBodies } from './repository-schema.ts';
import type { RunPage } from './run.ts';
import { scalingBodies } from './scaling.ts';
import { workloadBodies } from './workload.ts';

/**
 * The bodies that `/api/v1` answers with, by the names they have in its document. Times are Unix
 * milliseconds.
 */

const metricAnswer = z.object({
  stepSeconds: z.number(),
  times: z.array(z.int()),
  coveredTo: z.number(),
  lines: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      values: z.array(z.number().nullable()),
      overall: z.number().nullable(),
    }),
  ),
  sampleSize: z.number(),
  estimatedFromBuckets: z.boolean(),
}) satisfies z.ZodType<MetricAnswer>;

const runPage = z.object({
  runs: z.array(
    z.object({
      traceId: z.string(),
      spanId: z.string(),
      agentId: z.uuid(),
      agentName: z.string(),
      name: z.string(),
      isRoot: z.boolean(),
      startedAt: z.number(),
      endedAt: z.number(),
      durationMs: z.number(),
      status: z.enum(['ok', 'error', 'degraded']),
      errorType: z.string().nullable(),
      errorMessage: z.string().nullable(),
      modelCalls: z.int(),
      toolCalls: z.int(),
      inputTokens: z.number(),
      outputTokens: z.number(),
      cost: z.number().nullable().describe('US dollars, as far as prices are known'),
      unpricedCalls: z.int().describe('Calls with tokens of which no price is known'),
      conversationId: z.string().nullable(),
    }),
  ),
  nextCursor: z.string().nullable(),
}) satisfies z.ZodType<RunPage>;

/** An error (RFC 9457). */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional().describe('Reference of an unexpected error'),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('Fields that were refused'),
});

const alertChanged = z.object({
  id: z.uuid(),
  status: z.string(),
  version: z.int().describe('Grows with every change'),
});

export const apiBodies = {
  ...accessBodies,
  ...muteBodies,
  ...routeBodies,
  ...integrationBodies,
  ...auditBodies,
  ...contentBodies,
  ...deploymentBodies,
  ...clusterBodies,
  ...clusterAgentBodies,
  ...planBodies,
  ...registryBodies,
  ...policyBodies,
  ...awaitedBodies,
  ...freezeBodies,
  ...triggerBodies,
  ...repositoryBodies,
  ...workloadBodies,
  AlertStats: alertStatsSchema,
  HandlingId: z.object({ id: z.uuid() }),
  Alert: alertDetailSchema,
  AlertPage: alertPageSchema,
  AlertCounts: alertCountsSchema,
  AlertChanged: alertChanged,
  AlertAcknowledged: alertChanged.extend({
    first: z.boolean().describe('False: somebody had acknowledged it before, or it was over'),
    settled: settledBeforeSchema
      .nullable()
      .describe('Who else acknowledged or ended it before, and when; null for whoever has it'),
  }),
  AlertSnoozed: alertChanged.extend({ snoozedUntil: z.int().describe('Unix milliseconds') }),
  AlertsChanged: z.object({
    changed: z.int(),
    unchanged: z.int(),
    unknown: z.int().describe('That the team does not have'),
  }),
  AlertRule: ruleDetailSchema,
  AlertRuleList: z.object({ items: z.array(ruleRowSchema) }),
  AlertRuleVersion: z.object({ id: z.uuid(), version: z.int() }),
  AlertRuleId: z.object({ id: z.uuid() }),
  AlertRuleVersionList: z.object({ items: z.array(ruleVersionSchema) }),
  AlertRuleTransitionList: z.object({ items: z.array(ruleTransitionSchema) }),
  AlertRulePreview: rulePreviewSchema,
  AlertRuleFile: z.object({ yaml: z.string() }),
  AlertRuleImport: z.object({ created: z.int(), updated: z.int(), unchanged: z.int() }),
  Agent: agentDetailSchema,
  AgentSummary: agentRowSchema,
  AgentPage: pageOf(agentRowSchema),
  AgentCreated: z.object({
    id: z.uuid(),
    controlSecret: z.string().nullable().describe('Signs requests to the control URL; shown this once'),
  }),
  AgentUpdated: z.object({
    id: z.uuid(),
    controlSecret: z.string().nullable().describe('Set when the agent got its first control URL'),
    updatedAt: z.int(),
  }),
  AgentId: z.object({ id: z.uuid() }),
  ControlRequest: z.object({
    id: z.uuid(),
    requestId: z.uuid(),
    desiredState: z.enum(['running', 'stopped']),
  }),
  ControlSecret: z.object({ id: z.uuid(), controlSecret: z.string() }),
  FleetCounts: fleetCountsSchema,
  Transition: transitionRowSchema,
  TransitionPage: pageOf(transitionRowSchema),
  ...gateSourceBodies,
  ...scalingBodies,
  GateVerdict: gateJudgementSchema,
  MetricAnswer: metricAnswer,
  MetricNames: z.array(z.object({ metric: z.string(), unit: z.string(), kind: z.string() })),
  RunPage: runPage,
  ReceiverReport: receiverReportSchema,
  OnCallReport: onCallReportSchema,
  OnCallPeople: z.array(personSchema),
  Schedule: scheduleDetailSchema,
  EscalationPolicy: policyViewSchema,
  EscalationPolicies: z.array(policyViewSchema),
  CalendarAddress: z.object({
    id: z.uuid(),
    path: z.string().describe('The secret address, below that of this installation; shown this once'),
  }),
  Contacts: contactsViewSchema,
  RulesSet: z.object({ importance: z.enum(['default', 'urgent']), count: z.int() }),
  Channel: channelViewSchema,
  ChannelList: z.object({ items: z.array(channelViewSchema) }),
  ChannelCreated: z.object({
    id: z.uuid(),
    signingSecret: z.string().nullable().describe('Of a webhook: verifies its messages; shown this once'),
  }),
  SigningSecret: z.object({
    id: z.uuid(),
    signingSecret: z.string(),
    formerUntil: z.number().describe('Until then messages carry the signature of the former key too'),
  }),
  TestSent: z.object({ deliveryId: z.uuid() }),
  Delivery: deliverySchema,
  DeliveryPage: z.object({ items: z.array(deliveryRowSchema), nextCursor: z.string().nullable() }),
  DeviceList: z.object({ publicKey: z.string().nullable(), items: z.array(deviceSchema) }),
  ApiKeyList: z.object({ items: z.array(apiKeyViewSchema) }),
  ApiKeyCreated: z.object({ id: z.uuid(), key: z.string().describe('Shown this once') }),
  ApiKeyRotated: z.object({
    id: z.uuid(),
    key: z.string().describe('The new key; shown this once'),
    formerEndsAt: z.number().describe('When the former key ends'),
  }),
  MadeId: z.object({ id: z.uuid() }),
  Changed: z.object({ id: z.uuid(), updatedAt: z.int() }),
  Problem: problem,
};
export type ApiBody = keyof typeof apiBodies;
