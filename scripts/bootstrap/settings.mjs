import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import { makeConfig } from '../../lib/config/config.ts';
import { developmentSecrets } from '../../lib/config/secrets-file.ts';
import { COMPILE_CACHE } from './runtime.mjs';

/** What the embedded database's address looks like before it has one: only for the check below. */
const NOT_YET = 'postgres://pitwall_app@127.0.0.1/pitwall';

/**
 * Reads `.env` (the environment wins) and checks the whole configuration before anything is started.
 *
 * @returns the configuration as the processes will see it, but for the addresses of embedded engines
 * @throws ConfigError with the full list of what is wrong or missing
 */
export function readSettings(root) {
  const file = join(root, '.env');
  if (existsSync(file)) loadEnvFile(file);
  const config = makeConfig({ ...process.env, DATABASE_URL: process.env.DATABASE_URL || databaseDefault() });
  return config;
}

/** Only development embeds a database: the others name theirs, or the check tells them to. */
function databaseDefault() {
  return (process.env.PITWALL_ENV || 'development') === 'development' ? NOT_YET : '';
}

/** The environment of the four processes: ours, with the engines that were started and the secrets. */
export function processEnvironment(config, made, marker) {
  const env = {
    ...process.env,
    ...made,
    DATA_DIR: config.app.dataDir,
    NODE_ENV: 'production',
    PITWALL_RUN: marker,
  };
  if (config.app.environment === 'development') {
    const secrets = developmentSecrets(config.app.dataDir);
    env.SECRET_KEY ||= secrets.secretKey;
    env.SERVER_ACTIONS_KEY ||= secrets.serverActionsKey;
  }
  env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY = env.SERVER_ACTIONS_KEY;
  env.NEXT_TELEMETRY_DISABLED = '1';
  env.NODE_COMPILE_CACHE ||= COMPILE_CACHE;
  for (const name of ['INIT_ADMIN_EMAIL', 'INIT_ADMIN_PASSWORD', 'INIT_API_KEY']) delete env[name];
  return env;
}
