import { type DbHandle, openDb } from '#db/client.ts';
import { alertIntegrations, alertSettings } from '#db/schema/alerts.ts';
import { memberships, teams, users } from '#db/schema/members.ts';
import {
  alertRoutes,
  contactMethods,
  notificationChannels,
  personalNotificationRules,
} from '#db/schema/notifications.ts';
import { escalationPolicies } from '#db/schema/on-call.ts';
import { hashIntegrationSecret, makeIntegrationSecret } from '#lib/alerts/integrations/secret.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { sealSettings } from '#lib/notifications/resolve-target.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';

type RouteValues = Partial<typeof alertRoutes.$inferInsert>;

/** Sets up routing, on-call and senders of a product's only team, as people would in the console. */
export class AlertingSetUp {
  readonly #handle: DbHandle;
  readonly #sealer: ReturnType<typeof createSecretBox>;
  readonly teamId: string;

  private constructor(handle: DbHandle, secretKey: string, teamId: string) {
    this.#handle = handle;
    this.#sealer = createSecretBox(secretKey);
    this.teamId = teamId;
  }

  /** @param ownerUrl its database as the owner of the tables */
  static async open(ownerUrl: string, secretKey: string): Promise<AlertingSetUp> {
    const handle = openDb(ownerUrl, 2);
    const [team] = await handle.db.select({ id: teams.id }).from(teams);
    if (!team) throw new Error('the product has no team');
    return new AlertingSetUp(handle, secretKey, team.id);
  }

  get db() {
    return this.#handle.db;
  }

  #sealed(url: string): string {
    return sealSettings(this.#sealer, { url }, { signingSecret: 'whsec_c2VjcmV0' });
  }

  /** A webhook of the team. */
  async channel(url: string): Promise<string> {
    const id = uuidv7();
    const row = { id, teamId: this.teamId, kind: 'webhook' as const, name: `hook ${id}` };
    await this.db.insert(notificationChannels).values({ ...row, sealedSettings: this.#sealed(url) });
    return id;
  }

  async route(values: RouteValues): Promise<string> {
    const id = uuidv7();
    await this.db
      .insert(alertRoutes)
      .values({ id, teamId: this.teamId, position: 1, name: `route ${id}`, ...values });
    return id;
  }

  /** A policy of one step that goes on until somebody answers. */
  async policy(target: { kind: 'channel' | 'user'; id: string }): Promise<string> {
    const id = uuidv7();
    const steps = [{ targets: [target], delayMinutes: 1, hours: null }];
    await this.db
      .insert(escalationPolicies)
      .values({ id, teamId: this.teamId, name: `policy ${id}`, steps, repeat: -1 });
    return id;
  }

  /** Somebody who is told at once, by one webhook alone. */
  async person(url: string): Promise<string> {
    const userId = uuidv7();
    const contactMethodId = uuidv7();
    await this.db.insert(users).values({ id: userId, email: `${userId}@history.test`, name: 'On call' });
    await this.db.insert(memberships).values({ userId, teamId: this.teamId, role: 'developer' });
    await this.db.insert(contactMethods).values({
      ...{ id: contactMethodId, userId, kind: 'webhook', name: 'gateway', address: url },
      sealedSettings: this.#sealed(url),
    });
    await this.db.insert(personalNotificationRules).values(
      (['default', 'urgent'] as const).map((importance) => ({
        ...{ id: uuidv7(), userId, importance, delayMinutes: 0, contactMethodId },
      })),
    );
    return userId;
  }

  /** Leaves out the rules that come with the first agent seen. */
  async withoutStarterPack(): Promise<void> {
    const starterPackAt = new Date();
    await this.db
      .insert(alertSettings)
      .values({ teamId: this.teamId, starterPackAt })
      .onConflictDoUpdate({ target: alertSettings.teamId, set: { starterPackAt } });
  }

  /** A sender of the Alertmanager API; answers with its secret. */
  async sender(maxPerAlertname = 20_000): Promise<{ id: string; secret: string }> {
    const id = uuidv7();
    const secret = makeIntegrationSecret();
    await this.db.insert(alertIntegrations).values({
      ...{ id, teamId: this.teamId, name: `sender ${id}`, secretHash: hashIntegrationSecret(secret) },
      ...{ resolveTimeoutMs: 3_600_000, maxPerAlertname },
    });
    return { id, secret };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
