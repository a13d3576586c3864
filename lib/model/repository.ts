/** Repositories: where the source of agents is kept, how Pitwall acts there, and what of it may start a deployment. */

/** What can start a deployment. Everything else that a repository tells is kept and starts nothing. */
export const TRIGGER_EVENTS = ['push', 'workflow_run', 'release'] as const;
export type TriggerEvent = (typeof TRIGGER_EVENTS)[number];

export const GITHUB = 'https://github.com';

/** What became of a delivery. `allowed` is the only one that may start a deployment. */
export const DELIVERY_RESULTS = [
  'received',
  'ping',
  'allowed',
  'not_allowed',
  'fork',
  'unknown_repository',
  'no_trigger',
] as const;
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number];

/** How far what a trigger started has come: `started` names its deployment. */
export const TRIGGER_RUN_STATUSES = ['waiting', 'building', 'started', 'failed'] as const;
export type TriggerRunStatus = (typeof TRIGGER_RUN_STATUSES)[number];

/** The path that a repository sends its events to. */
export const webhookPathOf = (id: string): string => `/api/webhooks/github/${id}`;
