import { resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { type Env, type EnvProblem, parseEnv } from './env.ts';
import { outboundPolicy } from './outbound-policy.ts';
import { developmentSecrets, developmentVapidKeys } from './secrets-file.ts';

/** Thrown when the environment is wrong; the message lists everything that is wrong. */
export class ConfigError extends Error {
  readonly problems: readonly EnvProblem[];
  constructor(problems: readonly EnvProblem[]) {
    super(
      `The configuration is not valid:\n${problems.map((p) => `  ${p.variable}: ${p.message}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Env['PITWALL_ENV'];

/** What a bus on another host lacks, on which nobody else may speak or listen (security K8). */
function busProblems({ REDIS_URL, PITWALL_ENV }: Env): EnvProblem[] {
  if (REDIS_URL === undefined || PITWALL_ENV === 'development' || isLoopback(REDIS_URL)) return [];
  const { protocol, password } = new URL(REDIS_URL);
  const missing = [
    ...(password === '' ? ['a password: whoever reaches the bus tells every browser what they like'] : []),
    ...(protocol === 'rediss:' ? [] : ['TLS (rediss:), unless it is on this host']),
  ];
  return missing.map((what) => ({ variable: 'REDIS_URL', message: `needs ${what} (in ${PITWALL_ENV})` }));
}

/** Requires what only staging and production insist on, and pairs that make sense only together. */
function contradictions(env: Env): EnvProblem[] {
  const problems: EnvProblem[] = [];
  const together = (names: readonly (keyof Env)[]) => {
    const set = names.filter((name) => env[name] !== undefined);
    if (set.length === 0 || set.length === names.length) return;
    for (const name of names) {
      if (env[name] === undefined)
        problems.push({ variable: name, message: `is missing (${set.join(', ')} is set)` });
    }
  };
  together(['TLS_CERT', 'TLS_KEY']);
  together(['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']);
  together(['INFLUXDB_URL', 'INFLUXDB_TOKEN', 'INFLUXDB_ORG', 'INFLUXDB_BUCKET']);
  together(['INIT_ADMIN_EMAIL', 'INIT_ADMIN_PASSWORD']);
  together(['SMTP_HOST', 'SMTP_FROM']);
  together(['SMTP_USER', 'SMTP_PASSWORD']);
  together(['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY']);
  if (env.KUBERNETES_MODE === 'in-cluster' && env.KUBERNETES_SERVICE_HOST === undefined) {
    problems.push({
      variable: 'KUBERNETES_MODE',
      message: 'is in-cluster, but this is no pod of a cluster (KUBERNETES_SERVICE_HOST is missing)',
    });
  }
  if (env.KUBERNETES_MODE === 'kubeconfig' && env.KUBECONFIG === undefined) {
    problems.push({ variable: 'KUBECONFIG', message: 'is missing (KUBERNETES_MODE is kubeconfig)' });
  }
  if (env.PITWALL_ENV !== 'development') {
    for (const name of ['SECRET_KEY', 'SERVER_ACTIONS_KEY', 'APP_URL', 'DATABASE_URL'] as const) {
      if (env[name] === undefined)
        problems.push({ variable: name, message: `is missing (required in ${env.PITWALL_ENV})` });
    }
    problems.push(...busProblems(env));
    if (env.APP_URL?.startsWith('http:') && !isLoopback(env.APP_URL)) {
      problems.push({ variable: 'APP_URL', message: `must be https in ${env.PITWALL_ENV}` });
    }
  }
  return problems;
}

/** The origin of the public address; in development loopback is meant by its name and by its number alike. */
function ownOrigins(appUrl: string, environment: Environment): string[] {
  const { origin } = new URL(appUrl);
  if (environment !== 'development' || !isLoopback(appUrl)) return [origin];
  return [
    origin,
    ...['localhost', '127.0.0.1'].map((name) => origin.replace(/(localhost|127\.0\.0\.1)/, name)),
  ];
}

function isLoopback(address: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname);
}

function mailServer(env: Env) {
  if (!env.SMTP_HOST || !env.SMTP_FROM) return null;
  const account =
    env.SMTP_USER && env.SMTP_PASSWORD ? { user: env.SMTP_USER, password: env.SMTP_PASSWORD } : null;
  return { host: env.SMTP_HOST, port: env.SMTP_PORT, tls: env.SMTP_TLS, account, from: env.SMTP_FROM };
}

/** Web push: null where no keys are set and none may be made. */
function pushKeys(env: Env, appUrl: string) {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = env;
  const isPublic = appUrl.startsWith('https:') && !isLoopback(appUrl);
  const subject =
    env.VAPID_SUBJECT ??
    (isPublic ? appUrl : env.SMTP_FROM ? `mailto:${env.SMTP_FROM}` : 'mailto:pitwall@example.com');
  if (publicKey && privateKey) return { publicKey, privateKey, subject };
  if (env.PITWALL_ENV !== 'development') return null;
  return { ...developmentVapidKeys(resolve(env.DATA_DIR)), subject };
}

function sections(env: Env & { DATABASE_URL: string; SECRET_KEY: string }) {
  const environment: Environment = env.PITWALL_ENV;
  const appUrl = (env.APP_URL ?? `${env.TLS_CERT ? 'https' : 'http'}://localhost:${env.PORT}`).replace(
    /\/$/,
    '',
  );
  return {
    app: {
      name: env.APP_NAME,
      version: manifest.version,
      environment,
      isDevelopment: environment === 'development',
      url: appUrl,
      secure: appUrl.startsWith('https:'),
      host: env.HOST,
      port: env.PORT,
      dataDir: resolve(env.DATA_DIR),
      logLevel: env.LOG_LEVEL,
      tls: env.TLS_CERT && env.TLS_KEY ? { certFile: env.TLS_CERT, keyFile: env.TLS_KEY } : null,
      trustedProxies: env.TRUSTED_PROXIES,
      /** Exact origins that mutations and sockets accept. */
      allowedOrigins: [...new Set([...ownOrigins(appUrl, environment), ...env.ALLOWED_ORIGINS])],
      outbound: outboundPolicy(env),
    },
    secrets: {
      key: env.SECRET_KEY,
      formerKeys: env.SECRET_KEY_FORMER,
      metricsToken: env.METRICS_TOKEN ?? null,
    },
    database: {
      url: env.DATABASE_URL,
      ownerUrl: env.DATABASE_OWNER_URL ?? env.DATABASE_URL,
      hasOwnOwner: env.DATABASE_OWNER_URL !== undefined && env.DATABASE_OWNER_URL !== env.DATABASE_URL,
      pool: env.DATABASE_POOL,
    },
    smtp: mailServer(env),
    push: pushKeys(env, appUrl),
    redis: { url: env.REDIS_URL ?? null },
    influx:
      env.INFLUXDB_URL && env.INFLUXDB_TOKEN && env.INFLUXDB_ORG && env.INFLUXDB_BUCKET
        ? {
            url: env.INFLUXDB_URL,
            token: env.INFLUXDB_TOKEN,
            org: env.INFLUXDB_ORG,
            bucket: env.INFLUXDB_BUCKET,
          }
        : null,
    oidc:
      env.OIDC_ISSUER && env.OIDC_CLIENT_ID && env.OIDC_CLIENT_SECRET
        ? {
            issuer: env.OIDC_ISSUER,
            clientId: env.OIDC_CLIENT_ID,
            clientSecret: env.OIDC_CLIENT_SECRET,
            name: env.OIDC_NAME,
            signsOutThere: env.OIDC_SIGN_OUT,
            trustsAddresses: env.OIDC_TRUST_ADDRESSES,
          }
        : null,
    sessions: { idleMs: env.SESSION_IDLE_HOURS * 3_600_000, maxMs: env.SESSION_MAX_DAYS * 86_400_000 },
    provisioning: {
      admin:
        env.INIT_ADMIN_EMAIL && env.INIT_ADMIN_PASSWORD
          ? { email: env.INIT_ADMIN_EMAIL, password: env.INIT_ADMIN_PASSWORD }
          : null,
      apiKey: env.INIT_API_KEY ?? null,
    },
    realtime: {
      port: env.REALTIME_PORT,
      /** Null: the page's own host with the realtime port. */
      url: env.REALTIME_URL ?? null,
      heartbeatMs: env.REALTIME_HEARTBEAT_SECONDS * 1000,
      connectionsPerUser: env.REALTIME_CONNECTIONS_PER_USER,
      connectionsPerIp: env.REALTIME_CONNECTIONS_PER_IP,
      trustedRanges: env.REALTIME_TRUSTED_RANGES,
    },
    ingest: {
      httpPort: env.OTLP_HTTP_PORT,
      grpcPort: env.OTLP_GRPC_PORT,
      /** Null: the page's own host with the port. Agents append `/v1/...` to it. */
      httpUrl: env.OTLP_HTTP_URL?.replace(/\/$/, '') ?? null,
      grpcUrl: env.OTLP_GRPC_URL?.replace(/\/$/, '') ?? null,
      maxBodyBytes: env.OTLP_MAX_BODY_BYTES,
      maxDecompressedBytes: env.OTLP_MAX_DECOMPRESSED_BYTES,
      pointsPerSecond: env.OTLP_POINTS_PER_SECOND,
      maxBufferedItems: env.INGEST_MAX_BUFFERED_ITEMS,
      maxSeriesPerAgent: env.MAX_SERIES_PER_AGENT,
      maxSeriesPerTeam: env.MAX_SERIES_PER_TEAM,
    },
    kubernetes: {
      mode: env.KUBERNETES_MODE,
      kubeconfig: env.KUBECONFIG ?? null,
      namespace: env.KUBERNETES_NAMESPACE,
      service: env.KUBERNETES_SERVICE_HOST
        ? { host: env.KUBERNETES_SERVICE_HOST, port: env.KUBERNETES_SERVICE_PORT }
        : null,
      proxy: { url: env.HTTPS_PROXY ?? null, except: env.NO_PROXY },
    },
    metrics: {
      enabled: env.METRICS_ENABLED,
      path: env.METRICS_PATH,
      retentionDays: env.METRICS_RETENTION_DAYS,
    },
    audit: {
      /** Null: kept for good. */
      keepDays: env.AUDIT_RETENTION_DAYS ?? null,
      archiveDir: resolve(env.AUDIT_ARCHIVE_DIR ?? `${env.DATA_DIR}/audit-archive`),
    },
    limits: {
      apiPerMinute: env.RATE_LIMIT_PER_MINUTE ?? (environment === 'production' ? 30 : 60),
      apiPerHour: env.RATE_LIMIT_PER_HOUR,
      signInPerMinute: env.RATE_LIMIT_SIGN_IN_PER_MINUTE,
      pageDataPerMinute: env.RATE_LIMIT_PAGE_DATA_PER_MINUTE,
      acknowledgePerMinute: env.RATE_LIMIT_ACKNOWLEDGE_PER_MINUTE,
      liveTokenPerMinute: env.RATE_LIMIT_LIVE_TOKEN_PER_MINUTE,
      alertsPerMinute: env.RATE_LIMIT_ALERTS_PER_MINUTE,
      provisioningPerMinute: env.RATE_LIMIT_PROVISIONING_PER_MINUTE,
      healthPerMinute: env.RATE_LIMIT_HEALTH_PER_MINUTE,
    },
    agents: {
      healthIntervalMs: env.AGENT_HEALTH_INTERVAL_SECONDS * 1000,
      healthTimeoutMs: env.AGENT_HEALTH_TIMEOUT_SECONDS * 1000,
      perUser: env.AGENTS_PER_USER,
      perTeam: env.AGENTS_PER_TEAM,
    },
    worker: { port: env.WORKER_PORT },
    github: { token: env.GITHUB_TOKEN ?? null, webhookSecret: env.GITHUB_WEBHOOK_SECRET ?? null },
    features: {
      auto_scaling: env.FEATURE_AUTO_SCALING,
      advanced_analytics: env.FEATURE_ADVANCED_ANALYTICS,
      deployment_automation: env.FEATURE_DEPLOYMENT_AUTOMATION,
      ai_recommendations: env.FEATURE_AI_RECOMMENDATIONS,
    },
  };
}

export type Config = ReturnType<typeof sections>;

/**
 * Makes the configuration from an environment.
 *
 * @throws ConfigError with the full list of wrong and missing values
 */
export function makeConfig(source: Record<string, string | undefined>): Config {
  const { env, problems } = parseEnv(source);
  const all = [...problems, ...contradictions(env)];
  if (env.DATABASE_URL === undefined && !all.some((p) => p.variable === 'DATABASE_URL')) {
    all.push({
      variable: 'DATABASE_URL',
      message: 'is missing (npm start sets it for the embedded PostgreSQL)',
    });
  }
  if (all.length > 0) throw new ConfigError(all);
  const secretKey = env.SECRET_KEY ?? developmentSecrets(resolve(env.DATA_DIR)).secretKey;
  return sections({ ...env, DATABASE_URL: env.DATABASE_URL as string, SECRET_KEY: secretKey });
}

let config: Config | undefined;

/** The configuration of this process, read once. */
export function getConfig(): Config {
  config ??= makeConfig(process.env);
  return config;
}
