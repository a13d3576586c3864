/**
 * Verifies the hash chains of the audit log: `npm run audit:verify`, with DATABASE_URL or beside a running
 * `npm start`. Prints the head of each ledger, for keeping elsewhere; ends with 1 when one is broken.
 */
import { join } from 'node:path';
import { verifyAudit } from '../lib/compose/audit.ts';
import { readJson } from './engines/files.mjs';
import { embeddedAppUrl } from './engines/postgres.mjs';

const dataDir = process.env.DATA_DIR || '.data';

function databaseUrl() {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const port = readJson(join(dataDir, 'postgres.port.json'))?.port;
  const url = port && embeddedAppUrl(join(dataDir, 'postgres'), port);
  if (!url) throw new Error(`There is no database in ${dataDir}: set DATABASE_URL or DATA_DIR.`);
  return url;
}

try {
  const { heads, broken } = await verifyAudit(databaseUrl());
  for (const { teamId, seq, hash } of heads) console.log(`intact  ${teamId}  ${seq} rows  head ${hash}`);
  for (const { teamId, brokenAt, reason } of broken)
    console.log(`BROKEN  ${teamId}  at row ${brokenAt}  ${reason}`);
  console.log(`${heads.length} intact, ${broken.length} broken`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} catch (error) {
  const away = error.code === 'ECONNREFUSED' || error.cause?.code === 'ECONNREFUSED';
  console.error(away ? 'The database does not answer: is npm start running?' : error.message);
  process.exitCode = 2;
}
