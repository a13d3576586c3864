/** The web console over HTTPS, for a start with TLS_CERT and TLS_KEY and no proxy in front. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import next from 'next';
import { getConfig } from '../lib/config/config.ts';

const { app } = getConfig();
if (!app.tls) throw new Error('TLS_CERT and TLS_KEY are needed here.');

const server = createServer({ cert: readFileSync(app.tls.certFile), key: readFileSync(app.tls.keyFile) });
const console_ = next({ dev: false, hostname: app.host, port: app.port, httpServer: server });
await console_.prepare();
const handle = console_.getRequestHandler();
server.on('request', (request, response) => handle(request, response));
server.listen(app.port, app.host);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5000).unref();
  });
}
