import type { z } from 'zod';
import { claimAgent } from '#lib/agents/claim-agent.ts';
import { createAgent } from '#lib/agents/create-agent.ts';
import { deleteAgent } from '#lib/agents/delete-agent.ts';
import { countAgents, getAgent, listAgents } from '#lib/agents/queries.ts';
import { rotateControlSecret } from '#lib/agents/rotate-control-secret.ts';
import { startAgent } from '#lib/agents/start-agent.ts';
import { stopAgent } from '#lib/agents/stop-agent.ts';
import { listTransitions } from '#lib/agents/transition-queries.ts';
import { updateAgent } from '#lib/agents/update-agent.ts';
import { createRule } from '#lib/alerts/rules/verbs/create-rule.ts';
import { deleteRule } from '#lib/alerts/rules/verbs/delete-rule.ts';
import { importRules } from '#lib/alerts/rules/verbs/import-rules.ts';
import { previewRule } from '#lib/alerts/rules/verbs/preview-rule.ts';
import {
  exportRules,
  getRule,
  listRules,
  listRuleTransitions,
  listRuleVersions,
} from '#lib/alerts/rules/verbs/queries.ts';
import { restoreRuleVersion, updateRule } from '#lib/alerts/rules/verbs/update-rule.ts';

import { readRunContent } from '#lib/content/read-content.ts';
import { listMetrics, queryMetric } from '#lib/metrics/queries.ts';
import {
  createContactMethod,
  deleteContactMethod,
  setNotificationRules,
} from '#lib/notifications/contacts/contact-verbs.ts';
import { listOwnContacts } from '#lib/notifications/contacts/own-contacts.ts';
import { removeCalendar, rotateCalendar } from '#lib/on-call/calendar-verbs.ts';
import { createOverride, deleteOverride } from '#lib/on-call/override-verbs.ts';
import { getPolicy, listPolicies } from '#lib/on-call/policy-queries.ts';
import { createPolicy, deletePolicy, updatePolicy } from '#lib/on-call/policy-verbs.ts';
import { getSchedule, listOnCallPeople, whoIsOnCall } from '#lib/on-call/queries.ts';
import { createSchedule, deleteSchedule, updateSchedule } from '#lib/on-call/schedule-verbs.ts';
import { listSenders } from '#lib/pipeline/live/receiver-queries.ts';
import { listRuns } from '#lib/runs/queries.ts';
import { accessOperations } from './access-operations.ts';
import { alertHandlingOperations } from './alert-handling-operations.ts';
import { alertOperations } from './alert-operations.ts';
import { auditOperations } from './audit-operations.ts';
import { clusterOperations } from './cluster-operations.ts';
import { deploymentOperations } from './deployment-operations.ts';
import { gateOperations } from './gate-operations.ts';
import { keyOperations } from './key-operations.ts';
import { notificationOperations } from './notification-operations.ts';
import type { Operation } from './operation.ts';
import { registryOperations } from './registry-operations.ts';
import { repositoryOperations } from './repository-operations.ts';
import { scalingOperations } from './scaling-operations.ts';
import { workloadOperations } from './workload-operations.ts';

const operation = <S extends z.ZodType, R>(row: Operation<S, R>): Operation<S, R> => row;

/** The one table of `/api/v1`: route files bind its rows, the document is made from it. */
export const operations = {
  ...accessOperations,
  ...alertHandlingOperations,
  ...alertOperations,
  ...auditOperations,
  ...clusterOperations,
  ...deploymentOperations,
  ...gateOperations,
  ...keyOperations,
  ...notificationOperations,
  ...registryOperations,
  ...repositoryOperations,
  ...scalingOperations,
  ...workloadOperations,
  listAlertRules: operation({
    method: 'GET',
    path: '/alert-rules',
    verb: listRules,
    summary: 'List alert rules with their health',
    tag: 'alert-rules',
    answer: 'AlertRuleList',
  }),
  createAlertRule: operation({
    method: 'POST',
    path: '/alert-rules',
    verb: createRule,
    summary: 'Make an alert rule',
    tag: 'alert-rules',
    answer: 'AlertRuleVersion',
    status: 201,
  }),
  exportAlertRules: operation({
    method: 'GET',
    path: '/alert-rules/export',
    verb: exportRules,
    summary: 'All alert rules as a YAML file',
    tag: 'alert-rules',
    answer: 'AlertRuleFile',
  }),
  importAlertRules: operation({
    method: 'POST',
    path: '/alert-rules/import',
    verb: importRules,
    summary: 'Take in a YAML file of alert rules, all or nothing',
    tag: 'alert-rules',
    answer: 'AlertRuleImport',
  }),
  previewAlertRule: operation({
    method: 'POST',
    path: '/alert-rules/preview',
    verb: previewRule,
    summary: 'What a rule would have done over the last hours; changes nothing',
    tag: 'alert-rules',
    answer: 'AlertRulePreview',
  }),
  getAlertRule: operation({
    method: 'GET',
    path: '/alert-rules/{id}',
    verb: getRule,
    summary: 'Read an alert rule and its instances',
    tag: 'alert-rules',
    answer: 'AlertRule',
  }),
  updateAlertRule: operation({
    method: 'PATCH',
    path: '/alert-rules/{id}',
    verb: updateRule,
    summary: 'Change an alert rule: its next version',
    tag: 'alert-rules',
    answer: 'AlertRuleVersion',
  }),
  deleteAlertRule: operation({
    method: 'DELETE',
    path: '/alert-rules/{id}',
    verb: deleteRule,
    summary: 'Delete an alert rule; its alerts resolve',
    tag: 'alert-rules',
    answer: 'AlertRuleId',
  }),
  alertRuleVersions: operation({
    method: 'GET',
    path: '/alert-rules/{id}/versions',
    verb: listRuleVersions,
    summary: 'Every version of an alert rule, the latest first',
    tag: 'alert-rules',
    answer: 'AlertRuleVersionList',
  }),
  restoreAlertRule: operation({
    method: 'POST',
    path: '/alert-rules/{id}/restore',
    verb: restoreRuleVersion,
    summary: 'Bring an earlier version back, as the next one',
    tag: 'alert-rules',
    answer: 'AlertRuleVersion',
  }),
  alertRuleTransitions: operation({
    method: 'GET',
    path: '/alert-rules/{id}/transitions',
    verb: listRuleTransitions,
    summary: 'Changes of state of an alert rule with their reasons, the latest first',
    tag: 'alert-rules',
    answer: 'AlertRuleTransitionList',
  }),
  listAgents: operation({
    method: 'GET',
    path: '/agents',
    verb: listAgents,
    summary: 'List agents',
    tag: 'agents',
    answer: 'AgentPage',
  }),
  createAgent: operation({
    method: 'POST',
    path: '/agents',
    verb: createAgent,
    summary: 'Make an agent by hand',
    tag: 'agents',
    answer: 'AgentCreated',
    status: 201,
  }),
  countAgents: operation({
    method: 'GET',
    path: '/agents/counts',
    verb: countAgents,
    summary: 'Count agents by status',
    tag: 'agents',
    answer: 'FleetCounts',
  }),
  getAgent: operation({
    method: 'GET',
    path: '/agents/{id}',
    verb: getAgent,
    summary: 'Read an agent',
    tag: 'agents',
    answer: 'Agent',
  }),
  updateAgent: operation({
    method: 'PATCH',
    path: '/agents/{id}',
    verb: updateAgent,
    summary: 'Change the given fields of an agent',
    tag: 'agents',
    answer: 'AgentUpdated',
  }),
  deleteAgent: operation({
    method: 'DELETE',
    path: '/agents/{id}',
    verb: deleteAgent,
    summary: 'Take an agent out of the fleet',
    tag: 'agents',
    answer: 'AgentId',
  }),
  startAgent: operation({
    method: 'POST',
    path: '/agents/{id}/start',
    verb: startAgent,
    summary: 'Ask an agent to start, through its control URL',
    tag: 'agents',
    answer: 'ControlRequest',
    status: 202,
  }),
  stopAgent: operation({
    method: 'POST',
    path: '/agents/{id}/stop',
    verb: stopAgent,
    summary: 'Ask an agent to stop, through its control URL',
    tag: 'agents',
    answer: 'ControlRequest',
    status: 202,
  }),
  claimAgent: operation({
    method: 'POST',
    path: '/agents/{id}/claim',
    verb: claimAgent,
    summary: 'Become the owner of an agent that has none',
    tag: 'agents',
    answer: 'AgentId',
  }),
  rotateControlSecret: operation({
    method: 'POST',
    path: '/agents/{id}/control-secret',
    verb: rotateControlSecret,
    summary: 'Give an agent a new signing secret',
    tag: 'agents',
    answer: 'ControlSecret',
  }),
  agentTransitions: operation({
    method: 'GET',
    path: '/agents/{id}/transitions',
    verb: listTransitions,
    summary: 'Changes of status of one agent, newest first',
    tag: 'health',
    answer: 'TransitionPage',
    idIs: 'agentId',
  }),
  agentMetrics: operation({
    method: 'GET',
    path: '/agents/{id}/metrics',
    verb: listMetrics,
    summary: 'OTLP metrics that an agent has sent',
    tag: 'metrics',
    answer: 'MetricNames',
    idIs: 'agentId',
  }),
  healthTransitions: operation({
    method: 'GET',
    path: '/health-transitions',
    verb: listTransitions,
    summary: 'Changes of status of the fleet, newest first',
    tag: 'health',
    answer: 'TransitionPage',
  }),
  queryMetric: operation({
    method: 'GET',
    path: '/metrics/query',
    verb: queryMetric,
    summary: 'Values of a measure over a range; a range that has ended carries an ETag',
    tag: 'metrics',
    answer: 'MetricAnswer',
  }),
  readRunContent: operation({
    method: 'GET',
    path: '/runs/{id}/content',
    verb: readRunContent,
    summary: 'What was said in a run, by its trace id; each look is recorded in the audit log',
    tag: 'content',
    answer: 'RunContent',
    idIs: 'traceId',
  }),
  listRuns: operation({
    method: 'GET',
    path: '/runs',
    verb: listRuns,
    summary: 'Runs of an agent or of the team, the latest first',
    tag: 'runs',
    answer: 'RunPage',
  }),
  listSenders: operation({
    method: 'GET',
    path: '/receiver',
    verb: listSenders,
    summary: 'What each sender had accepted and refused in the last 7 days',
    tag: 'receiver',
    answer: 'ReceiverReport',
  }),
  whoIsOnCall: operation({
    method: 'GET',
    path: '/on-call',
    verb: whoIsOnCall,
    summary: 'Who is on call now and until the end of next week',
    tag: 'on-call',
    answer: 'OnCallReport',
  }),
  listOnCallPeople: operation({
    method: 'GET',
    path: '/on-call/people',
    verb: listOnCallPeople,
    summary: 'People of the team who can be on call',
    tag: 'on-call',
    answer: 'OnCallPeople',
  }),
  createSchedule: operation({
    method: 'POST',
    path: '/schedules',
    verb: createSchedule,
    summary: 'Make a schedule',
    tag: 'on-call',
    answer: 'MadeId',
    status: 201,
  }),
  getSchedule: operation({
    method: 'GET',
    path: '/schedules/{id}',
    verb: getSchedule,
    summary: 'A schedule with its shifts in a range, its gaps and overlaps',
    tag: 'on-call',
    answer: 'Schedule',
  }),
  updateSchedule: operation({
    method: 'PATCH',
    path: '/schedules/{id}',
    verb: updateSchedule,
    summary: 'Change the given fields of a schedule',
    tag: 'on-call',
    answer: 'Changed',
  }),
  deleteSchedule: operation({
    method: 'DELETE',
    path: '/schedules/{id}',
    verb: deleteSchedule,
    summary: 'Delete a schedule that no policy leads to',
    tag: 'on-call',
    answer: 'MadeId',
  }),
  createOverride: operation({
    method: 'POST',
    path: '/schedules/{id}/overrides',
    verb: createOverride,
    summary: 'Put somebody, or nobody, on call for a stretch',
    tag: 'on-call',
    answer: 'MadeId',
    status: 201,
    idIs: 'scheduleId',
  }),
  rotateCalendar: operation({
    method: 'POST',
    path: '/schedules/{id}/calendar',
    verb: rotateCalendar,
    summary: 'Give a schedule a new secret calendar address (iCalendar)',
    tag: 'on-call',
    answer: 'CalendarAddress',
  }),
  removeCalendar: operation({
    method: 'DELETE',
    path: '/schedules/{id}/calendar',
    verb: removeCalendar,
    summary: 'Take the calendar address of a schedule back',
    tag: 'on-call',
    answer: 'MadeId',
  }),
  deleteOverride: operation({
    method: 'DELETE',
    path: '/schedule-overrides/{id}',
    verb: deleteOverride,
    summary: 'Take an override back, or end it now',
    tag: 'on-call',
    answer: 'MadeId',
  }),
  listPolicies: operation({
    method: 'GET',
    path: '/escalation-policies',
    verb: listPolicies,
    summary: 'List escalation policies',
    tag: 'on-call',
    answer: 'EscalationPolicies',
  }),
  createPolicy: operation({
    method: 'POST',
    path: '/escalation-policies',
    verb: createPolicy,
    summary: 'Make an escalation policy',
    tag: 'on-call',
    answer: 'MadeId',
    status: 201,
  }),
  getPolicy: operation({
    method: 'GET',
    path: '/escalation-policies/{id}',
    verb: getPolicy,
    summary: 'Read an escalation policy',
    tag: 'on-call',
    answer: 'EscalationPolicy',
  }),
  updatePolicy: operation({
    method: 'PATCH',
    path: '/escalation-policies/{id}',
    verb: updatePolicy,
    summary: 'Change the given fields of an escalation policy',
    tag: 'on-call',
    answer: 'Changed',
  }),
  deletePolicy: operation({
    method: 'DELETE',
    path: '/escalation-policies/{id}',
    verb: deletePolicy,
    summary: 'Delete a policy that no route leads to',
    tag: 'on-call',
    answer: 'MadeId',
  }),
  listOwnContacts: operation({
    method: 'GET',
    path: '/contact-methods',
    verb: listOwnContacts,
    summary: 'By which ways and when you are reached',
    tag: 'on-call',
    answer: 'Contacts',
  }),
  createContactMethod: operation({
    method: 'POST',
    path: '/contact-methods',
    verb: createContactMethod,
    summary: 'Add a way to reach you',
    tag: 'on-call',
    answer: 'MadeId',
    status: 201,
  }),
  deleteContactMethod: operation({
    method: 'DELETE',
    path: '/contact-methods/{id}',
    verb: deleteContactMethod,
    summary: 'Remove a way to reach you',
    tag: 'on-call',
    answer: 'MadeId',
  }),
  setNotificationRules: operation({
    method: 'POST',
    path: '/notification-rules',
    verb: setNotificationRules,
    summary: 'Replace your rules for one importance',
    tag: 'on-call',
    answer: 'RulesSet',
  }),
};
