/**
 * Verifies the hash chains of the audit log: `npm run audit:verify`, with DATABASE_URL or beside a running
 * `npm start`. Prints the head of each ledger; ends with 1 when one is broken. `npm run audit:verify -- FILE`
 * also holds the chains against the signed head lines of a file, as the log of the worker and the page of the audit
 * log give them; needs SECRET_KEY, or the secrets in DATA_DIR.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAudit } from '../lib/compose/audit.ts';
import { databaseUrl } from './engines/database-url.mjs';
import { readJson } from './engines/files.mjs';
import { visible } from './engines/visible.mjs';

const dataDir = process.env.DATA_DIR || '.data';

/** The signed lines of a file; what stands around them in a log does not count. */
function keptHeads(file) {
  if (!file) return null;
  const secret = process.env.SECRET_KEY || readJson(join(dataDir, 'secrets.json'))?.secretKey;
  if (!secret)
    throw new Error('Signed lines need the secret they were signed with: set SECRET_KEY or DATA_DIR.');
  const lines = readFileSync(file, 'utf8').match(/pitwall-ledger-head( [\w.:-]+){5}/g) ?? [];
  return { lines, secret };
}

try {
  const { heads, broken, strangeLines } = await verifyAudit(databaseUrl(dataDir), keptHeads(process.argv[2]));
  for (const { teamId, seq, hash } of heads) console.log(`intact  ${teamId}  ${seq} rows  head ${hash}`);
  for (const { teamId, brokenAt, reason } of broken)
    console.log(`BROKEN  ${teamId}  at row ${brokenAt}  ${reason}`);
  console.log(`${heads.length} intact, ${broken.length} broken`);
  if (strangeLines > 0) console.log(`${strangeLines} lines were not signed by this installation`);
  process.exitCode = broken.length > 0 || strangeLines > 0 ? 1 : 0;
} catch (error) {
  const away = error.code === 'ECONNREFUSED' || error.cause?.code === 'ECONNREFUSED';
  console.error(away ? 'The database does not answer: is npm start running?' : visible(error.message, '\n'));
  process.exitCode = 2;
}
