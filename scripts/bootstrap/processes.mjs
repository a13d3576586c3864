import { join } from 'node:path';
import { preparedFile } from './prepare.mjs';

/** An address of this machine on which a process that listens on `host` answers. */
function local(scheme, host, port) {
  const any = ['0.0.0.0', '::', 'localhost'].includes(host);
  const name = any ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${name}:${port}/readyz`;
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
  const list = [
    { name: 'web', readyUrl: local(scheme, host, config.app.port) },
    { name: 'realtime', readyUrl: local(scheme, host, config.realtime.port) },
    { name: 'ingest', readyUrl: local('http', host, config.ingest.httpPort) },
    { name: 'worker', readyUrl: local('http', '127.0.0.1', config.worker.port) },
  ];
  return list.map((entry) => ({
    ...entry,
    file: process.execPath,
    // DEP0169: next-auth's OpenID client parses addresses by url.parse, which nobody here can change.
    args: ['--enable-source-maps', '--disable-warning=DEP0169', preparedFile(root, `${entry.name}/main`)],
    cwd: root,
    env: entry.name === 'worker' ? env : withoutOwner,
    logFile: join(config.app.dataDir, 'logs', `${entry.name}.log`),
  }));
}
