/**
 * The web console: Next behind a server of our own, which settles each request before Next reads it (who is asking,
 * for what, and whether it is one that Next would fail on), and serves HTTPS where TLS_CERT and TLS_KEY are given.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import next from 'next';
import { getConfig } from '../lib/config/config.ts';
import { AppError } from '../lib/kernel/errors.ts';
import { createLog, takeConsole } from '../lib/kernel/log.ts';
import { buildFiles } from '../lib/web/request/build-files.ts';
import { refusal } from '../lib/web/request/refusal.ts';
import { settleRequest } from '../lib/web/request/settle-request.ts';

const config = getConfig();
const { app } = config;
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
const sendFile = buildFiles('.next/static', app.secure);

async function refuse(request, response, error) {
  const answer = refusal(request, error instanceof AppError ? error : UNREADABLE, app.secure);
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

server.on('request', async (request, response) => {
  try {
    await settleRequest(request, config);
  } catch (error) {
    return refuse(request, response, error);
  }
  if (!sendFile(request, response)) handle(request, response);
});
// Sockets are the realtime service's: Next would leave the connection open, without any time limit.
server.on('upgrade', (_request, socket) => socket.destroy());
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
