/**
 * The web console: Next behind a server of our own, which settles who is asking before Next reads the
 * forwarding headers, and serves HTTPS where TLS_CERT and TLS_KEY are given.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import next from 'next';
import { getConfig } from '../lib/config/config.ts';
import { settleForwarding } from '../lib/web/request/forwarded.ts';

const { app } = getConfig();

const server = app.tls
  ? createHttpsServer({ cert: readFileSync(app.tls.certFile), key: readFileSync(app.tls.keyFile) })
  : createHttpServer();
const console_ = next({ dev: false, hostname: app.host, port: app.port, httpServer: server });
await console_.prepare();
const handle = console_.getRequestHandler();
server.on('request', (request, response) => {
  settleForwarding(request.headers, request.socket.remoteAddress ?? '', app.trustedProxies);
  handle(request, response);
});
// Next logs what nobody caught and goes on; a server that cannot listen has nothing to go on with.
server.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(app.port, app.host);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5000).unref();
  });
}
