import { join } from 'node:path';
import { readJson } from './files.mjs';
import { embeddedAppUrl } from './postgres.mjs';

/** Where the database of an installation answers: DATABASE_URL, else the one beside a running `npm start`. */
export function databaseUrl(dataDir) {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const port = readJson(join(dataDir, 'postgres.port.json'))?.port;
  const url = port && embeddedAppUrl(join(dataDir, 'postgres'), port);
  if (!url) throw new Error(`There is no database in ${dataDir}: set DATABASE_URL or DATA_DIR.`);
  return url;
}
