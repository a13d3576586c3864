/**
 * The web console: Next behind a server of our own, which settles who is asking before Next reads the
 * forwarding headers, refuses actions of other sites, has the metrics where they were configured, and serves
 * HTTPS where TLS_CERT and TLS_KEY are given.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import next from 'next';
import { getConfig } from '../lib/config/config.ts';
import { AppError } from '../lib/kernel/errors.ts';
import { createLog, takeConsole } from '../lib/kernel/log.ts';
import { problem } from '../lib/web/problem.ts';
import { settleActionBody } from '../lib/web/request/action-body.ts';
import { settleForwarding } from '../lib/web/request/forwarded.ts';
import { applicationUrl } from '../lib/web/request/metrics-url.ts';
import { settleAction } from '../lib/web/request/same-origin.ts';

const { app, metrics } = getConfig();
const log = createLog('web', app.logLevel);
takeConsole(log);
/** What is said of a request that broke off, or that no check understands. */
const UNREADABLE = { code: 'invalid', message: 'The request cannot be read.', issues: [] };

const server = app.tls
  ? createHttpsServer({ cert: readFileSync(app.tls.certFile), key: readFileSync(app.tls.keyFile) })
  : createHttpServer();
const console_ = next({ dev: false, hostname: app.host, port: app.port, httpServer: server });
await console_.prepare();
const handle = console_.getRequestHandler();

async function refuse(response, error) {
  const answer = problem(error instanceof AppError ? error : UNREADABLE);
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

server.on('request', async (request, response) => {
  settleForwarding(request.headers, request.socket.remoteAddress ?? '', app.trustedProxies);
  try {
    settleAction(request, app.allowedOrigins);
    const url = applicationUrl(request.url, metrics.path);
    if (url === null) throw new AppError('not_found', 'There is nothing at this address.');
    request.url = url;
    await settleActionBody(request);
  } catch (error) {
    return refuse(response, error);
  }
  handle(request, response);
});
// Next logs what nobody caught and goes on; a server that cannot listen has nothing to go on with.
server.once('error', (error) => {
  log.fatal({ err: error }, 'the console cannot listen');
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
