import { randomBytes } from 'node:crypto';
import { signClaims, startOpenidProvider } from '#lib/testing/openid-provider.ts';
import { type Stack, startStack } from '../bench/stack.ts';
import { secretsOf } from './witness.ts';

const canary = (name: string) => `canary-${name}-${randomBytes(12).toString('hex')}`;

const CLIENT_ID = 'fuzz';
const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

interface Fuzzed {
  stack: Stack;
  secrets: ReadonlyMap<string, string>;
  /** See FuzzOptions. */
  logoutToken(): string;
}

/** Secrets that a start is given, each with a text that can be found again. */
function canaries(): Record<string, string> {
  const names = [
    'METRICS_TOKEN',
    'SMTP_PASSWORD',
    'INIT_ADMIN_PASSWORD',
    'INIT_API_KEY',
    'OIDC_CLIENT_SECRET',
  ];
  const more = ['GITHUB_TOKEN', 'GITHUB_WEBHOOK_SECRET', 'SECRET_KEY'];
  return Object.fromEntries([...names, ...more].map((name) => [name, canary(name.toLowerCase())]));
}

/**
 * Starts a product of its own for a fuzz run: with canaries for secrets, and with budgets that the run does not spend
 * (they are raised as an installation would raise them, never switched off). An identity provider answers beside it,
 * as far as what it says of itself.
 */
export async function startFuzzed(): Promise<Fuzzed> {
  const planted = canaries();
  const provider = await startOpenidProvider();
  const stack = await startStack(null, {
    ...planted,
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: '9',
    SMTP_USER: 'fuzz',
    SMTP_FROM: 'pitwall@example.test',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
    RATE_LIMIT_ACKNOWLEDGE_PER_MINUTE: '1000000',
    RATE_LIMIT_LIVE_TOKEN_PER_MINUTE: '1000000',
    RATE_LIMIT_ALERTS_PER_MINUTE: '1000000',
    RATE_LIMIT_PROVISIONING_PER_MINUTE: '1000000',
    REALTIME_CONNECTIONS_PER_USER: '50',
    FEATURE_DEPLOYMENT_AUTOMATION: 'true',
  });
  const made = secretsOf(stack.dataDir);
  const stop: Stack['stop'] = async (options) => {
    const code = await stack.stop(options);
    await provider.stop();
    return code;
  };
  const logoutToken = () => {
    const iat = Math.floor(Date.now() / 1000);
    const ids = { jti: randomBytes(12).toString('hex'), sid: 'of nobody here', events: { [LOGOUT]: {} } };
    return signClaims(
      { iss: provider.issuer, aud: CLIENT_ID, iat, exp: iat + 240, ...ids },
      provider.privateKey,
    );
  };
  return {
    stack: { ...stack, stop },
    secrets: new Map([...Object.entries(planted), ...made]),
    logoutToken,
  };
}
