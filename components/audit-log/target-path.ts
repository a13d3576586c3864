import type { AuditRowView } from '#lib/model/audit-log.ts';
import { paths } from '#lib/model/paths.ts';

/** Pages of single things, or the place where they stand in a list, by the kind that rows of the audit log give them. */
const PAGES: Readonly<Record<string, (id: string) => string | null>> = {
  agent: (id) => paths.agent(id),
  alert: (id) => paths.alert(id),
  'alert-integration': (id) => paths.alertIntegration(id),
  'alert-route': (id) => paths.alertRoute(id),
  'alert-rule': (id) => paths.alertRule(id),
  'api-key': (id) => paths.apiKey(id),
  'escalation-policy': (id) => paths.policy(id),
  'identity-provider': (id) => paths.identityProvider(id),
  installation: (id) => INSTALLATION[id]?.() ?? null,
  invitation: () => paths.members(),
  'maintenance-window': (id) => paths.maintenanceWindow(id),
  'notification-channel': (id) => paths.notificationChannel(id),
  'redaction-rule': () => paths.content(),
  role: (id) => paths.role(id),
  schedule: (id) => paths.schedule(id),
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
export function targetPath(
  row: Pick<AuditRowView, 'targetKind' | 'targetId' | 'targetOpens'>,
): string | null {
  return row.targetOpens && Object.hasOwn(PAGES, row.targetKind)
    ? (PAGES[row.targetKind]?.(row.targetId) ?? null)
    : null;
}
