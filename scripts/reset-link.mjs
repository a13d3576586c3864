/**
 * `npm run reset-link -- EMAIL`: prints a link by which somebody chooses a new password, once and within 30 minutes. For
 * the admin whom no other admin and no mail can help. Run it on the host, with the settings of the installation (its
 * environment or `.env`), beside a running `npm start` or with DATABASE_URL. The audit log says that it was made.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPinnedRuntime, ROOT } from './bootstrap/runtime.mjs';
import { visible } from './engines/visible.mjs';

async function printLink(email) {
  if (!email) throw new Error('Say for whom: npm run reset-link -- EMAIL');
  // Only the pinned runtime reads TypeScript.
  const { readSettings } = await import('./bootstrap/settings.mjs');
  const { databaseUrl } = await import('./engines/database-url.mjs');
  const { resetLinkOfOperator } = await import('../lib/compose/reset-link.ts');
  const config = readSettings(ROOT);
  const { link, expiresAt } = await resetLinkOfOperator(config, databaseUrl(config.app.dataDir), email);
  console.log(`A new password for ${visible(email)} can be chosen once, until ${expiresAt.toUTCString()}:`);
  console.log(link);
}

process.chdir(ROOT);
try {
  if (await onPinnedRuntime(fileURLToPath(import.meta.url), resolve('.data', 'home')))
    await printLink(process.argv[2]);
} catch (error) {
  const away = error.code === 'ECONNREFUSED' || error.cause?.code === 'ECONNREFUSED';
  console.error(away ? 'The database does not answer: is npm start running?' : visible(error.message, '\n'));
  process.exitCode = 2;
}
