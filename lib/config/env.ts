/**
 * Configuration: the only room that reads the environment. `env.ts` turns strings into typed fields
 * with their documentation, `config.ts` makes sections of them and refuses contradictions.
 *
 * This file is the list of every variable: its schema, default, and the sentence that `.env.example`
 * and the README's table are generated from.
 */
import { z } from 'zod';
import type { PortSpan } from '#lib/model/outbound.ts';
import { WEB_PORTS } from './outbound-policy.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
/** A port or a span of them, `8080` or `9000-9100`. */
const ports = z
  .string()
  .regex(/^\d{1,5}(-\d{1,5})?$/, 'is not a list of ports and spans such as 443,8080,9000-9100')
  .transform((text): PortSpan => {
    const [first = 0, last = first] = text.split('-').map(Number);
    return [first, last];
  })
  .refine(
    ([first, last]) => first >= 1 && first <= last && last <= 65_535,
    'has a span of ports that is none',
  );
const url = (protocol: RegExp) => z.url({ protocol });
const postgresUrl = url(/^postgres(ql)?$/);
const secret = z.string().min(32, 'needs at least 32 characters');
/** Push services refuse a subject that leads nowhere: Apple answers 403 to one at localhost (alerting S97). */
const vapidSubject = z
  .string()
  .regex(
    /^(https:\/\/|mailto:[^@\s]+@)(?!localhost)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(\/\S*)?$/i,
    'must be an https or mailto address with a public name',
  );

interface Variable {
  section: string;
  schema: z.ZodType;
  /** The default as it would be written in the file; absent means the variable may be unset. */
  fallback?: string;
  about: string;
  secret?: true;
}

const define = <T extends Record<string, Variable>>(variables: T): T => variables;

export const variables = define({
  APP_NAME: {
    section: 'Application',
    schema: z.string().min(1).max(64),
    fallback: 'Pitwall',
    about: 'Name shown in the console and on mails.',
  },
  NODE_ENV: {
    section: 'Application',
    schema: z.string(),
    fallback: 'production',
    about: 'Set by the start command; the product decides by PITWALL_ENV.',
  },
  PITWALL_ENV: {
    section: 'Application',
    schema: z.enum(['development', 'staging', 'production']),
    fallback: 'development',
    about:
      'development, staging or production; the latter two refuse to start without secrets and have stricter limits.',
  },
  APP_URL: {
    section: 'Application',
    schema: url(/^https?$/),
    about:
      'The one public address; default http://localhost:PORT. Links, cookies and origin checks derive from it.',
  },
  PORT: { section: 'Application', schema: port, fallback: '3000', about: 'Port of the web console.' },
  HOST: {
    section: 'Application',
    schema: z.string().min(1),
    fallback: '0.0.0.0',
    about: 'Address that the public ports listen on.',
  },
  DATA_DIR: {
    section: 'Application',
    schema: z.string().min(1),
    fallback: '.data',
    about: 'Where the embedded engines, generated secrets and logs live.',
  },
  LOG_LEVEL: {
    section: 'Application',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'info',
    about: 'Lowest level that is logged.',
  },
  TLS_CERT: {
    section: 'Application',
    schema: z.string().min(1),
    about: 'Certificate file (PEM): with TLS_KEY the console is served over HTTPS.',
  },
  TLS_KEY: { section: 'Application', schema: z.string().min(1), about: 'Key file (PEM) of TLS_CERT.' },
  TRUSTED_PROXIES: {
    section: 'Application',
    schema: list,
    fallback: '',
    about: 'CIDRs whose X-Forwarded-For and -Proto headers are believed.',
  },
  ALLOWED_ORIGINS: {
    section: 'Application',
    schema: list,
    fallback: '',
    about: 'Further exact origins that may call the console and the realtime service, comma separated.',
  },
  OUTBOUND_ALLOW: {
    section: 'Application',
    schema: list,
    about:
      'CIDRs of private addresses that probes, providers and webhooks may reach; in development loopback if unset.',
  },
  OUTBOUND_PORTS: {
    section: 'Application',
    schema: list.pipe(z.array(ports).min(1)),
    about: `Ports and spans (9000-9100) that they may reach; default ${WEB_PORTS.join(', ')}; in development also any above 1023 but our databases'.`,
  },

  SECRET_KEY: {
    section: 'Secrets',
    schema: secret,
    secret: true,
    about:
      'Master key for sessions, tokens and stored secrets. Made once into DATA_DIR in development, required otherwise.',
  },
  SECRET_KEY_FORMER: {
    section: 'Secrets',
    schema: list.pipe(z.array(secret)),
    fallback: '',
    secret: true,
    about:
      'Former master keys, comma separated. They open what they sealed until the worker has sealed it anew with SECRET_KEY.',
  },
  SERVER_ACTIONS_KEY: {
    section: 'Secrets',
    schema: z.string(),
    secret: true,
    about: 'Key (32 bytes, base64) shared by all web instances for server actions. Made once in development.',
  },
  INIT_ADMIN_EMAIL: {
    section: 'Secrets',
    schema: z.email(),
    about: 'Creates the first admin while none exists, with INIT_ADMIN_PASSWORD.',
  },
  INIT_ADMIN_PASSWORD: {
    section: 'Secrets',
    schema: z.string().min(8).max(256),
    secret: true,
    about: 'Password of the first admin.',
  },
  INIT_API_KEY: {
    section: 'Secrets',
    schema: secret,
    secret: true,
    about:
      'Creates an API key of team default with scopes ingest, read and write while none exists (32 characters or more).',
  },
  METRICS_TOKEN: {
    section: 'Secrets',
    schema: z.string().min(16),
    secret: true,
    about: 'Bearer token for /metrics from other hosts; loopback needs none.',
  },

  DATABASE_URL: {
    section: 'PostgreSQL',
    schema: postgresUrl,
    secret: true,
    about: 'Application role. Unset: an embedded PostgreSQL is started in DATA_DIR.',
  },
  DATABASE_OWNER_URL: {
    section: 'PostgreSQL',
    schema: postgresUrl,
    secret: true,
    about:
      'Owner role for migrations and partitions; default DATABASE_URL, then the audit log is protected by triggers only.',
  },
  DATABASE_POOL: {
    section: 'PostgreSQL',
    schema: count(2, 200),
    fallback: '10',
    about: 'Connections of each process to PostgreSQL.',
  },

  SMTP_HOST: {
    section: 'E-mail',
    schema: z.string().min(1),
    about: 'Mail server that notifications leave through; unset: no e-mail is sent.',
  },
  SMTP_PORT: { section: 'E-mail', schema: port, fallback: '587', about: 'Port of the mail server.' },
  SMTP_TLS: {
    section: 'E-mail',
    schema: z.enum(['starttls', 'implicit', 'none']),
    fallback: 'starttls',
    about:
      'starttls refuses a server without it; implicit is TLS from the start (465); none is for this host only.',
  },
  SMTP_USER: { section: 'E-mail', schema: z.string().min(1), about: 'Account at the mail server.' },
  SMTP_PASSWORD: {
    section: 'E-mail',
    schema: z.string().min(1),
    secret: true,
    about: 'Password of SMTP_USER.',
  },
  SMTP_FROM: {
    section: 'E-mail',
    schema: z.email(),
    about: 'Address that notifications come from; required with SMTP_HOST.',
  },

  VAPID_PUBLIC_KEY: {
    section: 'Web push',
    schema: z.string().regex(/^[\w-]{87}$/, 'is not an uncompressed P-256 point in base64url'),
    about:
      'Public key that browsers subscribe with. Made once into DATA_DIR in development; unset elsewhere: no push.',
  },
  VAPID_PRIVATE_KEY: {
    section: 'Web push',
    schema: z.string().regex(/^[\w-]{43}$/, 'is not a P-256 scalar in base64url'),
    secret: true,
    about: 'Private key of VAPID_PUBLIC_KEY. A new pair ends every subscription.',
  },
  VAPID_SUBJECT: {
    section: 'Web push',
    schema: vapidSubject,
    about:
      'Where push services reach the operator: an https or mailto address that exists; default APP_URL or SMTP_FROM.',
  },

  REDIS_URL: {
    section: 'Redis',
    schema: url(/^rediss?$/),
    secret: true,
    about:
      'Event bus, shared limits; on another host with password and TLS (rediss:) in production. Unset: a private Redis is started where one is installed, else the embedded bus is used.',
  },

  INFLUXDB_URL: {
    section: 'InfluxDB',
    schema: url(/^https?$/),
    about: 'Reserved for the InfluxDB metric store.',
  },
  INFLUXDB_TOKEN: {
    section: 'InfluxDB',
    schema: z.string().min(1),
    secret: true,
    about: 'Token of the InfluxDB organisation.',
  },
  INFLUXDB_ORG: { section: 'InfluxDB', schema: z.string().min(1), about: 'InfluxDB organisation.' },
  INFLUXDB_BUCKET: { section: 'InfluxDB', schema: z.string().min(1), about: 'InfluxDB bucket.' },

  OIDC_ISSUER: {
    section: 'Single sign-on',
    schema: url(/^https?$/),
    about: 'Issuer of an OpenID Connect provider; with the two values below people may sign in through it.',
  },
  OIDC_CLIENT_ID: {
    section: 'Single sign-on',
    schema: z.string().min(1),
    about: 'Client id at the provider.',
  },
  OIDC_CLIENT_SECRET: {
    section: 'Single sign-on',
    schema: z.string().min(1),
    secret: true,
    about: 'Client secret at the provider.',
  },
  OIDC_NAME: {
    section: 'Single sign-on',
    schema: z.string().min(1).max(40),
    fallback: 'SSO',
    about: 'Name on the sign-in button.',
  },
  OIDC_SIGN_OUT: {
    section: 'Single sign-on',
    schema: flag,
    fallback: 'false',
    about: 'Signing out here signs out at the provider too.',
  },
  OIDC_TRUST_ADDRESSES: {
    section: 'Single sign-on',
    schema: flag,
    fallback: 'false',
    about: 'Newcomers come in although the provider does not say that it verified their address.',
  },
  SESSION_IDLE_HOURS: {
    section: 'Single sign-on',
    schema: count(1, 720),
    fallback: '12',
    about: 'A session ends after this time without use.',
  },
  SESSION_MAX_DAYS: {
    section: 'Single sign-on',
    schema: count(1, 90),
    fallback: '14',
    about: 'A session ends after this time in any case.',
  },

  REALTIME_PORT: {
    section: 'Realtime',
    schema: port,
    fallback: '3001',
    about: 'Port of the realtime service.',
  },
  REALTIME_URL: {
    section: 'Realtime',
    schema: url(/^(https?|wss?)$/),
    about: "Address that browsers reach the realtime service at; default the page's host with REALTIME_PORT.",
  },
  REALTIME_HEARTBEAT_SECONDS: {
    section: 'Realtime',
    schema: count(5, 300),
    fallback: '30',
    about: 'Interval of the heartbeat.',
  },
  REALTIME_CONNECTIONS_PER_USER: {
    section: 'Realtime',
    schema: count(1, 100),
    fallback: '5',
    about: 'Sockets of one user; the oldest is closed with a reason.',
  },
  REALTIME_CONNECTIONS_PER_IP: {
    section: 'Realtime',
    schema: count(1, 100_000),
    fallback: '100',
    about: 'Sockets of one address outside REALTIME_TRUSTED_RANGES.',
  },
  REALTIME_TRUSTED_RANGES: {
    section: 'Realtime',
    schema: list,
    fallback: '',
    about: 'CIDRs that the cap per address does not apply to (proxies).',
  },

  OTLP_HTTP_PORT: { section: 'Ingest', schema: port, fallback: '4318', about: 'OTLP over HTTP.' },
  OTLP_GRPC_PORT: { section: 'Ingest', schema: port, fallback: '4317', about: 'OTLP over gRPC.' },
  OTLP_HTTP_URL: {
    section: 'Ingest',
    schema: url(/^https?$/),
    about:
      "Address that agents reach OTLP over HTTP at, behind a proxy; default the page's host with OTLP_HTTP_PORT.",
  },
  OTLP_GRPC_URL: {
    section: 'Ingest',
    schema: url(/^https?$/),
    about: "The same of OTLP over gRPC; default the page's host with OTLP_GRPC_PORT.",
  },
  OTLP_MAX_BODY_BYTES: {
    section: 'Ingest',
    schema: count(1024, 268_435_456),
    fallback: '8388608',
    about: 'Largest gzip request as sent; without gzip the next one counts.',
  },
  OTLP_MAX_DECOMPRESSED_BYTES: {
    section: 'Ingest',
    schema: count(1024, 536_870_912),
    fallback: '20971520',
    about: 'Largest request after gzip.',
  },
  OTLP_POINTS_PER_SECOND: {
    section: 'Ingest',
    schema: count(1, 100_000_000),
    fallback: '100000',
    about: 'Spans, points and logs a second of one API key; more is answered 429 with Retry-After.',
  },
  INGEST_MAX_BUFFERED_ITEMS: {
    section: 'Ingest',
    schema: count(1000, 10_000_000),
    fallback: '400000',
    about: 'Items that may wait for their commit; at half of it new requests get 429, at all of it 503.',
  },
  MAX_SERIES_PER_AGENT: {
    section: 'Ingest',
    schema: count(1, 1_000_000),
    fallback: '200',
    about: 'Metric series of one agent that were used within the last hour; further ones are refused.',
  },
  MAX_SERIES_PER_TEAM: {
    section: 'Ingest',
    schema: count(1, 100_000_000),
    fallback: '100000',
    about: 'Metric series of one team that were used within the last hour; further ones are refused.',
  },

  KUBERNETES_MODE: {
    section: 'Kubernetes',
    schema: z.enum(['off', 'in-cluster', 'kubeconfig']),
    fallback: 'off',
    about: 'Which credentials of its own Pitwall may lend to clusters; others are given in its settings.',
  },
  KUBECONFIG: {
    section: 'Kubernetes',
    schema: z.string().min(1),
    about: 'Path of the kubeconfig when KUBERNETES_MODE is kubeconfig.',
  },
  KUBERNETES_SERVICE_HOST: {
    section: 'Kubernetes',
    schema: z.string().min(1),
    about: 'Set by Kubernetes itself in every pod: the API server when KUBERNETES_MODE is in-cluster.',
  },
  KUBERNETES_SERVICE_PORT: {
    section: 'Kubernetes',
    schema: z.string().regex(/^\d{1,5}$/),
    fallback: '443',
    about: 'Set by Kubernetes itself in every pod.',
  },
  HTTPS_PROXY: {
    section: 'Kubernetes',
    schema: z.url({ protocol: /^https?$/ }),
    about: 'HTTP proxy on the way to clusters.',
  },
  NO_PROXY: {
    section: 'Kubernetes',
    schema: z.string(),
    fallback: '',
    about: 'Hosts of clusters that are reached without it: names, or their ends with a dot, by commas.',
  },
  KUBERNETES_NAMESPACE: {
    section: 'Kubernetes',
    schema: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
    fallback: 'default',
    about: 'Namespace of the agents.',
  },

  METRICS_ENABLED: {
    section: 'Metrics',
    schema: flag,
    fallback: 'true',
    about: "Serve the processes' own metrics.",
  },
  METRICS_PATH: {
    section: 'Metrics',
    schema: z.string().regex(/^\/[\w/-]+$/),
    fallback: '/metrics',
    about: "Path of the processes' own metrics.",
  },
  METRICS_RETENTION_DAYS: {
    section: 'Metrics',
    schema: count(1, 3650),
    fallback: '30',
    about: 'Raw points are kept this long.',
  },

  AUDIT_RETENTION_DAYS: {
    section: 'Audit log',
    schema: count(90, 36_500),
    about:
      'Rows stay in the database at least this long; whole months before that go into AUDIT_ARCHIVE_DIR and are removed. Unset: kept for good.',
  },
  AUDIT_ARCHIVE_DIR: {
    section: 'Audit log',
    schema: z.string().min(1),
    about: 'Where the worker writes the archive; default: audit-archive in DATA_DIR.',
  },

  RATE_LIMIT_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    about: 'Requests a minute of one API key on /api/v1; default 60, in production 30.',
  },
  RATE_LIMIT_PER_HOUR: {
    section: 'Rate limits',
    schema: count(1, 10_000_000),
    fallback: '1000',
    about: 'Requests an hour of one API key on /api/v1.',
  },
  RATE_LIMIT_SIGN_IN_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 10_000),
    fallback: '10',
    about: 'Sign-in attempts a minute of one account and of one address.',
  },
  RATE_LIMIT_PAGE_DATA_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    fallback: '600',
    about: 'Page data requests a minute of one signed-in person.',
  },
  RATE_LIMIT_ACKNOWLEDGE_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    fallback: '120',
    about: 'Acknowledgements a minute of one person.',
  },
  RATE_LIMIT_LIVE_TOKEN_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    fallback: '60',
    about: 'Live tokens a minute of one person.',
  },
  RATE_LIMIT_ALERTS_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    fallback: '600',
    about: 'Requests a minute of one API key on /api/v2/alerts.',
  },
  RATE_LIMIT_PROVISIONING_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    fallback: '600',
    about:
      'Requests a minute of one provisioning token on /scim/v2, and sign-outs a minute that a provider tells of.',
  },
  RATE_LIMIT_HEALTH_PER_MINUTE: {
    section: 'Rate limits',
    schema: count(1, 1_000_000),
    fallback: '600',
    about: 'Health requests a minute of one address.',
  },

  AGENT_HEALTH_INTERVAL_SECONDS: {
    section: 'Agents',
    schema: count(5, 3600),
    fallback: '30',
    about: 'Health of an agent is decided this often.',
  },
  AGENT_HEALTH_TIMEOUT_SECONDS: {
    section: 'Agents',
    schema: count(10, 86_400),
    fallback: '300',
    about: 'An agent that sent nothing for this long is unreachable.',
  },
  AGENTS_PER_USER: {
    section: 'Agents',
    schema: count(1, 100_000),
    fallback: '10',
    about: 'Agents one person may make by hand.',
  },
  AGENTS_PER_TEAM: {
    section: 'Agents',
    schema: count(1, 1_000_000),
    fallback: '2000',
    about: 'Discovered agents of one team.',
  },
  WORKER_PORT: {
    section: 'Agents',
    schema: port,
    fallback: '3002',
    about: 'Port of the worker for health and metrics.',
  },

  GITHUB_TOKEN: {
    section: 'GitHub',
    schema: z.string().min(1),
    secret: true,
    about: 'Reserved for deployments: token of the code host.',
  },
  GITHUB_WEBHOOK_SECRET: {
    section: 'GitHub',
    schema: z.string().min(16),
    secret: true,
    about: 'Reserved for deployments: secret of signed webhooks.',
  },

  FEATURE_AUTO_SCALING: {
    section: 'Features',
    schema: flag,
    fallback: 'true',
    about: 'Feature flag auto_scaling.',
  },
  FEATURE_ADVANCED_ANALYTICS: {
    section: 'Features',
    schema: flag,
    fallback: 'true',
    about: 'Feature flag advanced_analytics.',
  },
  FEATURE_DEPLOYMENT_AUTOMATION: {
    section: 'Features',
    schema: flag,
    fallback: 'true',
    about: 'Feature flag deployment_automation.',
  },
  FEATURE_AI_RECOMMENDATIONS: {
    section: 'Features',
    schema: flag,
    fallback: 'false',
    about: 'Feature flag ai_recommendations.',
  },
});

export type VariableName = keyof typeof variables;
type Parsed<V> = V extends { schema: z.ZodType<infer T>; fallback: string }
  ? T
  : V extends { schema: z.ZodType<infer T> }
    ? T | undefined
    : never;
export type Env = { [K in VariableName]: Parsed<(typeof variables)[K]> };

export interface EnvProblem {
  variable: string;
  message: string;
}

/** Parses every variable; collects all problems instead of stopping at the first. Empty means unset. */
export function parseEnv(source: Record<string, string | undefined>): { env: Env; problems: EnvProblem[] } {
  const problems: EnvProblem[] = [];
  const env: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries<Variable>(variables)) {
    const given = source[name];
    const raw = given === undefined || given === '' ? variable.fallback : given;
    if (raw === undefined) continue;
    const parsed = variable.schema.safeParse(raw);
    if (parsed.success) env[name] = parsed.data;
    else
      problems.push({
        variable: name,
        message: parsed.error.issues.map((issue) => issue.message).join('; '),
      });
  }
  return { env: env as Env, problems };
}
