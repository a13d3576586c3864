const TITLES: Record<string, string> = {
  APPLY_TIMEOUT: 'The cluster did not take it in time',
  ROLLOUT_TIMEOUT: 'The rollout was not complete in time',
  APPROVAL_EXPIRED: 'Nobody approved it in time',
  REJECTED: 'It was rejected',
  FIELD_CONFLICT: 'Other managers own fields that it sets',
  PREVIEW_OUT_OF_DATE: 'The preview was out of date',
  NO_LONGER_ALLOWED: 'Who asked for it may no longer do so',
  FORBIDDEN_BY_CLUSTER: 'The cluster does not allow it',
  REFUSED_BY_CLUSTER: 'The cluster refused it',
  CLUSTER_GONE: 'The cluster was removed',
  WORKLOAD_PAUSED: 'The workload is paused',
  WORKLOAD_GONE: 'The workload was deleted',
  UNKNOWN_CONTAINER: 'There is no such container',
  UNKNOWN_REVISION: 'What was to return is not there any more',
  ROLLOUT_FAILED: 'The new version does not run',
  GATE_FAILED: 'Its telemetry says that it is worse',
  GATE_EXPIRED: 'Nobody decided about it in time',
};

/** Why a deployment did not end well, in a few words. */
export function failureTitle(code: string): string {
  return TITLES[code] ?? 'It failed';
}
