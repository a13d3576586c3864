/**
 * `npm run demo`: installs the demo's own packages from its lock file, then runs its fleet against the
 * public ingest port until Ctrl-C. Configured like any OpenTelemetry sender: OTEL_EXPORTER_OTLP_ENDPOINT,
 * and PITWALL_API_KEY (or OTEL_EXPORTER_OTLP_HEADERS).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'demo');
const teams = ['support-desk', 'market-research'];

const endpoint =
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? `http://127.0.0.1:${process.env.OTLP_HTTP_PORT ?? 4318}`;
const key = process.env.PITWALL_API_KEY ?? process.env.INIT_API_KEY;
const headers = process.env.OTEL_EXPORTER_OTLP_HEADERS ?? (key && `x-api-key=${key}`);
if (!headers) {
  console.error('Set PITWALL_API_KEY to a key with the scope "ingest" (console: Settings, API keys).');
  process.exit(1);
}

if (!existsSync(join(folder, 'node_modules'))) {
  console.log('Installing the packages of the demo ...');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const done = spawnSync(command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

const environment = {
  ...process.env,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: headers,
};
const children = teams.map((team) =>
  spawn(process.execPath, [join(folder, 'team.mjs'), team], { env: environment, stdio: 'inherit' }),
);
console.log(`The fleet is running: ${teams.join(' and ')} send to ${endpoint}. Ctrl-C ends it.`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopping = true;
    for (const child of children) child.kill('SIGTERM');
  });
}
const codes = await Promise.all(
  children.map((child) => new Promise((resolve) => child.once('exit', resolve))),
);
process.exit(stopping || codes.every((code) => code === 0) ? 0 : 1);
