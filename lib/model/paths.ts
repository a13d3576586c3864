/** The one builder of the product's addresses; a snapshot test holds them, links elsewhere are forbidden. */

export const AGENT_TABS = [
  'overview',
  'runs',
  'workload',
  'deployments',
  'scaling',
  'configuration',
  'health',
] as const;
export type AgentTab = (typeof AGENT_TABS)[number];

/** Search parameters; empty, null and undefined values are left out. */
export type Query = Record<string, string | number | null | undefined>;

/** Parameters that follow a person from page to page: the range and the environment. */
export const CARRIED_PARAMETERS = ['range', 'from', 'to', 'env'] as const;

/** Appends search parameters in the order given. */
export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

export const paths = {
  overview: (query?: Query) => withQuery('/overview', query),
  agents: (query?: Query) => withQuery('/agents', query),
  newAgent: () => '/agents/new',
  /** What is found in clusters, adopted or not. */
  foundAgents: (query?: Query) => withQuery('/agents/found', query),
  agent: (id: string, tab: AgentTab = 'overview', query?: Query) =>
    withQuery(
      tab === 'overview' ? `/agents/${encodeURIComponent(id)}` : `/agents/${encodeURIComponent(id)}/${tab}`,
      query,
    ),
  editAgent: (id: string) => `/agents/${encodeURIComponent(id)}/edit`,
  newDeployment: (query?: Query) => withQuery('/deployments/new', query),
  deployments: (query?: Query) => withQuery('/deployments', query),
  deployment: (id: string) => `/deployments/${encodeURIComponent(id)}`,
  alerts: (query?: Query) => withQuery('/alerts', query),
  alert: (id: string) => `/alerts/${encodeURIComponent(id)}`,
  alertStats: (query?: Query) => withQuery('/alerts/stats', query),
  alertRules: (query?: Query) => withQuery('/alerts/rules', query),
  newAlertRule: (query?: Query) => withQuery('/alerts/rules/new', query),
  alertRule: (id: string, query?: Query) => withQuery(`/alerts/rules/${encodeURIComponent(id)}`, query),
  editAlertRule: (id: string) => `/alerts/rules/${encodeURIComponent(id)}/edit`,
  silences: () => '/alerts/silences',
  newSilence: (query?: Query) => withQuery('/alerts/silences/new', query),
  silence: (id: string) => `/alerts/silences/${encodeURIComponent(id)}`,
  maintenance: () => '/alerts/maintenance',
  newMaintenance: () => '/alerts/maintenance/new',
  maintenanceWindow: (id: string) => `/alerts/maintenance/${encodeURIComponent(id)}`,
  connect: () => '/connect',
  /** The page behind an acknowledge link; opening it acknowledges nothing. */
  acknowledge: (token: string) => `/acknowledge/${encodeURIComponent(token)}`,
  notifications: (query?: Query) => withQuery('/settings/notifications', query),
  notificationChannel: (id: string) => `/settings/notifications/${encodeURIComponent(id)}`,
  deliveries: (query?: Query) => withQuery('/settings/notifications/deliveries', query),
  delivery: (id: string) => `/settings/notifications/deliveries/${encodeURIComponent(id)}`,
  devices: () => '/settings/notifications/devices',
  settings: () => '/settings',
  alertRouting: () => '/settings/alert-routing',
  newAlertRoute: () => '/settings/alert-routing/new',
  alertRoute: (id: string) => `/settings/alert-routing/${encodeURIComponent(id)}`,
  alertIntegrations: () => '/settings/alert-integrations',
  /** Its row in the list. */
  alertIntegration: (id: string) => `/settings/alert-integrations#${encodeURIComponent(id)}`,
  clusters: () => '/settings/clusters',
  /** Its row in the list. */
  cluster: (id: string) => `/settings/clusters#${encodeURIComponent(id)}`,
  registries: () => '/settings/registries',
  /** Its row in the list. */
  registry: (id: string) => `/settings/registries#${encodeURIComponent(id)}`,
  deploymentPolicies: () => '/settings/deployment-policies',
  /** The form of one environment's policy; without one a policy that is new. Environments may be named anything. */
  editDeploymentPolicy: (environment?: string) =>
    withQuery('/settings/deployment-policies/edit', { environment }),
  freezeWindows: () => '/settings/freeze-windows',
  newFreezeWindow: () => '/settings/freeze-windows/new',
  freezeWindow: (id: string) => `/settings/freeze-windows/${encodeURIComponent(id)}`,
  gateSources: () => '/settings/gate-sources',
  newGateSource: () => '/settings/gate-sources/new',
  gateSource: (id: string) => `/settings/gate-sources/${encodeURIComponent(id)}`,
  repositories: () => '/settings/repositories',
  /** Its row in the list. */
  repository: (id: string) => `/settings/repositories#${encodeURIComponent(id)}`,
  apiKeys: () => '/settings/api-keys',
  /** Its row in the list. */
  apiKey: (id: string) => `/settings/api-keys#${encodeURIComponent(id)}`,
  team: () => '/settings/team',
  content: () => '/settings/content',
  /** One run: the spans of its trace. */
  run: (traceId: string) => `/runs/${encodeURIComponent(traceId)}`,
  auditLog: (query?: Query) => withQuery('/settings/audit-log', query),
  receiver: () => '/settings/receiver',
  sessions: () => '/settings/sessions',
  singleSignOn: (query?: Query) => withQuery('/settings/single-sign-on', query),
  identityProvider: (id: string) => `/settings/single-sign-on/${encodeURIComponent(id)}`,
  newIdentityProvider: () => '/settings/single-sign-on/new',
  provisioning: () => '/settings/single-sign-on/provisioning',
  identities: (query?: Query) => withQuery('/settings/identities', query),
  appearance: () => '/settings/appearance',
  featureFlags: () => '/settings/feature-flags',
  rateLimits: () => '/settings/rate-limits',
  mailServer: () => '/settings/mail-server',
  onCall: () => '/on-call',
  newSchedule: () => '/on-call/schedules/new',
  schedule: (id: string, query?: Query) => withQuery(`/on-call/schedules/${encodeURIComponent(id)}`, query),
  editSchedule: (id: string) => `/on-call/schedules/${encodeURIComponent(id)}/edit`,
  policies: () => '/on-call/policies',
  newPolicy: () => '/on-call/policies/new',
  policy: (id: string) => `/on-call/policies/${encodeURIComponent(id)}`,
  contacts: () => '/settings/contacts',
  profile: () => '/settings/profile',
  security: () => '/settings/security',
  signIn: (query?: Query) => withQuery('/sign-in', query),
  /** Begins a sign-in at a provider, by the name in its addresses. */
  leaveForProvider: (provider: string, callbackUrl: string) =>
    withQuery(`/api/auth/leave/${encodeURIComponent(provider)}`, { callbackUrl }),
  /** Asks for the second factor of somebody whose password was right. */
  secondStep: (callbackUrl?: string) => withQuery('/sign-in/second-step', { callbackUrl }),
  /** Asks for a mail with a link that lets somebody choose a new password. */
  forgotPassword: () => '/forgot-password',
  resetPassword: (token: string) => withQuery('/reset-password', { token }),
  /** The page behind an invitation. */
  join: (token: string) => `/join/${encodeURIComponent(token)}`,
  roles: (query?: Query) => withQuery('/settings/roles', query),
  newRole: (query?: Query) => withQuery('/settings/roles/new', query),
  role: (id: string) => `/settings/roles/${encodeURIComponent(id)}`,
  members: () => '/settings/members',
  memberSessions: (userId: string) => `/settings/members/${encodeURIComponent(userId)}`,
  teams: () => '/settings/teams',
  accounts: (query?: Query) => withQuery('/settings/accounts', query),
  api: {
    metricsQuery: (query: Query) => withQuery('/api/v1/metrics/query', query),
    /** The secret address of a schedule's calendar. */
    calendar: (token: string) => `/api/calendar/${encodeURIComponent(token)}`,
    alerts: (query?: Query) => withQuery('/api/v1/alerts', query),
    deployments: (query?: Query) => withQuery('/api/v1/deployments', query),
    awaitedApprovals: () => '/api/v1/deployments/awaited',
    deployment: (id: string) => `/api/v1/deployments/${encodeURIComponent(id)}`,
    workload: (agentId: string) => `/api/v1/agents/${encodeURIComponent(agentId)}/workload`,
    workloadLog: (agentId: string, query: Query) =>
      withQuery(`/api/v1/agents/${encodeURIComponent(agentId)}/workload/logs`, query),
    alertCounts: () => '/api/v1/alerts/counts',
    /** @param alert one of them: they are acted on in its team */
    alertsInBulk: (alert: string | undefined) => withQuery('/api/v1/alerts/bulk', { alert }),
    alert: (id: string) => `/api/v1/alerts/${encodeURIComponent(id)}`,
    acknowledgeAlert: (id: string) => `/api/v1/alerts/${encodeURIComponent(id)}/acknowledge`,
    /** One of the acts on an alert, as it is called in its address. */
    actOnAlert: (id: string, act: string) => `/api/v1/alerts/${encodeURIComponent(id)}/${act}`,
    pushSubscriptions: () => '/api/v1/push-subscriptions',
    previewAlertRule: () => '/api/v1/alert-rules/preview',
    openApi: () => '/api/v1/openapi.json',
    receiver: () => '/api/v1/receiver',
  },
};
