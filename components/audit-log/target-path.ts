import type { AuditRowView } from '#lib/model/audit-log.ts';
import { paths } from '#lib/model/paths.ts';

/**
 * Pages of single things, or the place where they stand in a list, by the kind that rows of the audit log give them and
 * the id of what has the page.
 */
const PAGES: Readonly<Record<string, (id: string) => string | null>> = {
  agent: (id) => paths.agent(id),
  alert: (id) => paths.alert(id),
  'alert-integration': (id) => paths.alertIntegration(id),
  'alert-route': (id) => paths.alertRoute(id),
  'alert-rule': (id) => paths.alertRule(id),
  'api-key': (id) => paths.apiKey(id),
  'contact-method': () => paths.contacts(),
  deployment: (id) => paths.deployment(id),
  device: () => paths.devices(),
  erasure: () => paths.content(),
  'escalation-policy': (id) => paths.policy(id),
  'freeze-window': () => paths.freezeWindows(),
  'gate-source': (id) => paths.gateSource(id),
  'group-mapping': () => paths.singleSignOn(),
  'identity-provider': (id) => paths.identityProvider(id),
  installation: (id) => INSTALLATION[id]?.() ?? null,
  invitation: () => paths.members(),
  'maintenance-window': (id) => paths.maintenanceWindow(id),
  'notification-channel': (id) => paths.notificationChannel(id),
  passkey: () => paths.security(),
  'redaction-rule': () => paths.content(),
  cluster: (id) => paths.cluster(id),
  'cluster-agent': () => paths.foundAgents(),
  'deploy-trigger': () => paths.repositories(),
  registry: (id) => paths.registry(id),
  repository: (id) => paths.repository(id),
  role: (id) => paths.role(id),
  run: (id) => paths.run(id),
  schedule: (id) => paths.schedule(id),
  'schedule-override': (scheduleId) => paths.schedule(scheduleId),
  'scim-client': () => paths.provisioning(),
  session: (userId) => paths.memberSessions(userId),
  silence: (id) => paths.silence(id),
  team: () => paths.team(),
  user: (id) => paths.memberSessions(id),
};

const INSTALLATION: Readonly<Record<string, () => string>> = {
  'feature-flags': paths.featureFlags,
  'mail-server': paths.mailServer,
  'rate-limits': paths.rateLimits,
};

/** Where that can be seen which a row speaks of; null for what has no page that this reader may see, or is gone. */
export function targetPath(row: Pick<AuditRowView, 'targetKind' | 'targetShownBy'>): string | null {
  const { targetKind: kind, targetShownBy: id } = row;
  return id !== null && Object.hasOwn(PAGES, kind) ? (PAGES[kind]?.(id) ?? null) : null;
}
