import { join } from 'node:path';

/** An address of this machine on which a process that listens on `host` answers. */
function local(scheme, host, port) {
  const any = ['0.0.0.0', '::', 'localhost'].includes(host);
  const name = any ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${name}:${port}/readyz`;
}

/** The web console: Next's own server, or ours around it where certificate and key are given. */
function webCommand(root, config) {
  if (config.app.tls) return [join(root, 'scripts', 'web-server.mjs')];
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  return [next, 'start', '--port', String(config.app.port), '--hostname', config.app.host];
}

/**
 * The four processes of the product, ready for the supervisor. Only the worker gets the owner of the
 * tables: it makes and drops partitions.
 *
 * @param env environment of all of them
 */
export function productProcesses(root, config, env) {
  const { DATABASE_OWNER_URL: _owner, ...withoutOwner } = env;
  const scheme = config.app.tls ? 'https' : 'http';
  const { host } = config.app;
  const main = (name) => [join(root, name, 'main.ts')];
  const list = [
    { name: 'web', args: webCommand(root, config), readyUrl: local(scheme, host, config.app.port) },
    { name: 'realtime', args: main('realtime'), readyUrl: local(scheme, host, config.realtime.port) },
    { name: 'ingest', args: main('ingest'), readyUrl: local('http', host, config.ingest.httpPort) },
    { name: 'worker', args: main('worker'), readyUrl: local('http', '127.0.0.1', config.worker.port) },
  ];
  return list.map((entry) => ({
    ...entry,
    file: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...entry.args],
    cwd: root,
    env: entry.name === 'worker' ? env : withoutOwner,
    logFile: join(config.app.dataDir, 'logs', `${entry.name}.log`),
  }));
}
