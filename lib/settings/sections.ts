/**
 * Settings: what admins change of the whole installation while it runs. Each section is one row over what the
 * environment says. May import command, access, audit, db, port files, secrets, limits, model and kernel.
 *
 * This file holds the sections: what is stored, and what it makes of the environment's values.
 */
import { z } from 'zod';
import {
  FEATURE_FLAGS,
  type FeatureFlags,
  type InstallationSettings,
  MAIL_TLS,
  type MailServer,
  RATE_LIMIT_BOUNDS,
  type RateLimits,
} from '#lib/model/installation-settings.ts';

export const SECTIONS = ['feature-flags', 'rate-limits', 'mail-server'] as const;
export type Section = (typeof SECTIONS)[number];

/** Flags that were set here; the others are the environment's. */
export const flagsSchema = z.partialRecord(z.enum(FEATURE_FLAGS), z.boolean());

const inBounds = ({ least, most }: { least: number; most: number }) => {
  const words = `Choose ${least} to ${most}.`;
  return z.int(words).min(least, words).max(most, words);
};
const limit = {
  apiPerMinute: inBounds(RATE_LIMIT_BOUNDS.apiPerMinute),
  apiPerHour: inBounds(RATE_LIMIT_BOUNDS.apiPerHour),
  signInPerMinute: inBounds(RATE_LIMIT_BOUNDS.signInPerMinute),
  pageDataPerMinute: inBounds(RATE_LIMIT_BOUNDS.pageDataPerMinute),
  acknowledgePerMinute: inBounds(RATE_LIMIT_BOUNDS.acknowledgePerMinute),
  liveTokenPerMinute: inBounds(RATE_LIMIT_BOUNDS.liveTokenPerMinute),
  otlpPointsPerSecond: inBounds(RATE_LIMIT_BOUNDS.otlpPointsPerSecond),
  alertsPerMinute: inBounds(RATE_LIMIT_BOUNDS.alertsPerMinute),
  provisioningPerMinute: inBounds(RATE_LIMIT_BOUNDS.provisioningPerMinute),
  healthPerMinute: inBounds(RATE_LIMIT_BOUNDS.healthPerMinute),
};
/** Limits that were set here; the others are the environment's. */
export const limitsSchema = z.strictObject(limit).partial();

/** The mail server as it is stored: its password sealed. `server` null: the environment's counts. */
const mailServerSchema = z.strictObject({
  server: z
    .strictObject({
      host: z.string(),
      port: z.int(),
      tls: z.enum(MAIL_TLS),
      account: z.strictObject({ user: z.string(), sealedPassword: z.string() }).nullable(),
      from: z.string(),
    })
    .nullable(),
});
type StoredServer = NonNullable<z.output<typeof mailServerSchema>['server']>;

/** Without the keys whose value is undefined, so that spreading it changes nothing it does not name. */
function named<V extends object>(given: V): { [K in keyof V]: Exclude<V[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof V]: Exclude<V[K], undefined> };
}

export function flagsOver(environment: FeatureFlags, stored: unknown): FeatureFlags {
  return { ...environment, ...named(flagsSchema.parse(stored)) };
}

export function limitsOver(environment: RateLimits, stored: unknown): RateLimits {
  return { ...environment, ...named(limitsSchema.parse(stored)) };
}

/** The server that was set here, null where the environment's counts. */
export function storedServer(stored: unknown): StoredServer | null {
  return mailServerSchema.parse(stored).server;
}

function openServer({ account, ...server }: StoredServer, open: (sealed: string) => string): MailServer {
  return {
    ...server,
    account: account && { user: account.user, password: open(account.sealedPassword) },
  };
}

/**
 * One section over the settings so far.
 *
 * @throws when the row is not what its schema says, or its secret was sealed with an unknown key
 */
export function withSection(
  settings: InstallationSettings,
  section: Section,
  stored: unknown,
  open: (sealed: string) => string,
): InstallationSettings {
  switch (section) {
    case 'feature-flags':
      return { ...settings, features: flagsOver(settings.features, stored) };
    case 'rate-limits':
      return { ...settings, rateLimits: limitsOver(settings.rateLimits, stored) };
    case 'mail-server': {
      const server = storedServer(stored);
      return server === null ? settings : { ...settings, mailServer: openServer(server, open) };
    }
  }
}
