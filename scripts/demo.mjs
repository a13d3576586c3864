/**
 * `npm run demo`: installs the demo's own packages from its lock file, then runs its fleet against the
 * public ingest port until Ctrl-C. Configured like any OpenTelemetry sender: OTEL_EXPORTER_OTLP_ENDPOINT,
 * and PITWALL_API_KEY (or OTEL_EXPORTER_OTLP_HEADERS). `--install` only installs. `--bad-release` shows how a bad release
 * is judged by its telemetry and rolled back (scripts/demo/bad-release.mjs).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './bootstrap/install.mjs';
import { fail } from './bootstrap/progress.mjs';
import { onPinnedRuntime, ROOT } from './bootstrap/runtime.mjs';

const folder = join(ROOT, 'scripts', 'demo');
const teams = ['support-desk', 'market-research'];

/** Where the fleet sends and with which key; null, with the reason printed, when there is no key. */
function sender() {
  const endpoint =
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? `http://127.0.0.1:${process.env.OTLP_HTTP_PORT ?? 4318}`;
  const key = process.env.PITWALL_API_KEY ?? process.env.INIT_API_KEY;
  const headers = process.env.OTEL_EXPORTER_OTLP_HEADERS ?? (key && `x-api-key=${key}`);
  if (headers) return { endpoint, headers };
  console.error('Set PITWALL_API_KEY to a key with the scope "ingest" (console: Settings, API keys).');
  return null;
}

/** Runs one process a team until Ctrl-C; resolves with the exit code. */
async function runFleet({ endpoint, headers }) {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers };
  const children = teams.map((team) =>
    spawn(process.execPath, [join(folder, 'team.mjs'), team], { env, stdio: 'inherit' }),
  );
  console.log(`The fleet is running: ${teams.join(' and ')} send to ${endpoint}. Ctrl-C ends it.`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stopping = true;
      for (const child of children) child.kill('SIGTERM');
    });
  }
  const codes = await Promise.all(children.map((child) => new Promise((end) => child.once('exit', end))));
  return stopping || codes.every((code) => code === 0) ? 0 : 1;
}

try {
  const fallbackHome = join(ROOT, '.data', 'home');
  if (await onPinnedRuntime(fileURLToPath(import.meta.url), fallbackHome)) {
    const target = process.argv.includes('--install') ? undefined : sender();
    if (target !== null) await installDependencies(folder, fallbackHome);
    if (target === null) process.exitCode = 1;
    else if (target !== undefined) {
      const { runBadRelease } = await import('./demo/bad-release.mjs');
      const run = process.argv.includes('--bad-release') ? runBadRelease : runFleet;
      process.exitCode = await run(target);
    }
  }
} catch (error) {
  fail(error);
}
