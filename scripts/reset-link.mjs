/**
 * `npm run reset-link -- EMAIL`: prints a link by which somebody chooses a new password, once and within 30 minutes. For
 * the admin whom no other admin and no mail can help; with `--without-second-factor` for one who lost their authenticator
 * app, recovery codes and passkeys too, which are taken off. Run it on the host, with the settings of the installation (its
 * environment or `.env`), beside a running `npm start` or with DATABASE_URL. The audit log says that it was made.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { onPinnedRuntime, ROOT } from './bootstrap/runtime.mjs';
import { visible } from './engines/visible.mjs';

const USAGE = 'Say for whom: npm run reset-link -- EMAIL [--without-second-factor]';

function wishes(words) {
  const options = { 'without-second-factor': { type: 'boolean', default: false } };
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const [email] = positionals;
  if (positionals.length !== 1) throw new Error(USAGE);
  return { email, withoutSecondFactor: values['without-second-factor'] };
}

async function printLink(wanted) {
  // Only the pinned runtime reads TypeScript.
  const { readSettings } = await import('./bootstrap/settings.mjs');
  const { databaseUrl } = await import('./engines/database-url.mjs');
  const { resetLinkOfOperator } = await import('../lib/compose/reset-link.ts');
  const config = readSettings(ROOT);
  const { link, expiresAt } = await resetLinkOfOperator(config, databaseUrl(config.app.dataDir), wanted);
  console.log(
    `A new password for ${visible(wanted.email)} can be chosen once, until ${expiresAt.toUTCString()}:`,
  );
  console.log(link);
}

process.chdir(ROOT);
try {
  if (await onPinnedRuntime(fileURLToPath(import.meta.url), resolve('.data', 'home')))
    await printLink(wishes(process.argv.slice(2)));
} catch (error) {
  const away = error.code === 'ECONNREFUSED' || error.cause?.code === 'ECONNREFUSED';
  console.error(away ? 'The database does not answer: is npm start running?' : visible(error.message, '\n'));
  process.exitCode = 2;
}
