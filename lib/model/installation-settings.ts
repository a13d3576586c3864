/** Settings of the whole installation that admins change while it runs. The environment is their base. */

export const FEATURE_FLAGS = [
  'auto_scaling',
  'advanced_analytics',
  'deployment_automation',
  'ai_recommendations',
] as const;
export type FeatureFlag = (typeof FEATURE_FLAGS)[number];
export type FeatureFlags = Record<FeatureFlag, boolean>;

/** Flags that do nothing without another: what they switch on is made of it. */
const FLAG_NEEDS: Readonly<Partial<Record<FeatureFlag, FeatureFlag>>> = {
  auto_scaling: 'deployment_automation',
};

/** The first flag that keeps a feature away: its own, or the one that it needs; null where it is on. */
export function flagOff(flags: FeatureFlags | undefined, flag: FeatureFlag): FeatureFlag | null {
  if (!flags?.[flag]) return flag;
  const needed = FLAG_NEEDS[flag];
  return needed && !flags[needed] ? needed : null;
}

/**
 * What each limit may be set to here. A floor keeps the console usable for whoever wants to undo a change; the
 * environment may go below it.
 */
export const RATE_LIMIT_BOUNDS = {
  apiPerMinute: { least: 1, most: 1_000_000 },
  apiPerHour: { least: 1, most: 10_000_000 },
  signInPerMinute: { least: 3, most: 10_000 },
  pageDataPerMinute: { least: 60, most: 1_000_000 },
  acknowledgePerMinute: { least: 10, most: 1_000_000 },
  liveTokenPerMinute: { least: 10, most: 1_000_000 },
  otlpPointsPerSecond: { least: 1, most: 100_000_000 },
  alertsPerMinute: { least: 1, most: 1_000_000 },
  provisioningPerMinute: { least: 10, most: 1_000_000 },
  healthPerMinute: { least: 10, most: 1_000_000 },
} as const;
export type RateLimit = keyof typeof RATE_LIMIT_BOUNDS;
export type RateLimits = Record<RateLimit, number>;
export const RATE_LIMITS = Object.keys(RATE_LIMIT_BOUNDS) as RateLimit[];

export const MAIL_TLS = ['starttls', 'implicit', 'none'] as const;
export type MailTls = (typeof MAIL_TLS)[number];

/** The server that mail leaves through. */
export interface MailServer {
  host: string;
  port: number;
  tls: MailTls;
  account: { user: string; password: string } | null;
  from: string;
}

/** The settings as they are in force: the environment's, and over them what was set in the console. */
export interface InstallationSettings {
  features: FeatureFlags;
  rateLimits: RateLimits;
  /** Null: no mail leaves. */
  mailServer: MailServer | null;
}

/** How a section came to be as it is. `version` grows with each change; 0: never changed here. */
export interface SectionState {
  version: number;
  /** Unix milliseconds. */
  changedAt: number | null;
  changedBy: string | null;
}

/** Named values of a section: what is in force, what the environment says, and which were set here. */
export interface ValuesView<V extends Record<string, unknown>> extends SectionState {
  values: V;
  environment: V;
  setHere: readonly (keyof V)[];
}

/** A mail server as the console shows it: that there is a password, never which. */
export interface MailServerShown {
  host: string;
  port: number;
  tls: MailTls;
  user: string | null;
  from: string;
}

export interface MailServerView extends SectionState {
  /** In force; null: no mail leaves. */
  server: MailServerShown | null;
  environment: MailServerShown | null;
  isSetHere: boolean;
}
