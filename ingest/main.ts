import { composeIngest } from '#lib/compose/ingest.ts';
import { getConfig } from '#lib/config/config.ts';
import { stopOnSignal } from '#lib/kernel/lifecycle.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createGrpcDoor } from './grpc.ts';
import { createHealthDoor } from './health.ts';
import { createHttpDoor } from './http.ts';
import { createIngestMetrics } from './metrics.ts';

const config = getConfig();
const log = createLog('ingest', config.app.logLevel);
const metrics = createIngestMetrics();
const system = await composeIngest(config, metrics.meter, log);
const { door, gate, clock, lifecycle } = system;
metrics.watch(system.gauges);

const answerGet = createHealthDoor({
  checkReady: system.checkReady,
  isDraining: () => http.isDraining(),
  authenticate: door.authenticate,
  metrics: config.metrics.enabled
    ? {
        path: config.metrics.path,
        token: config.secrets.metricsToken,
        contentType: metrics.contentType,
        scrape: metrics.scrape,
      }
    : null,
});
const http = createHttpDoor({
  door,
  gate,
  clock,
  log,
  limits: system.bodyLimits,
  answerGet,
  onAnswer: metrics.answered,
});
const grpc = createGrpcDoor({
  door,
  gate,
  clock,
  log,
  maxMessageBytes: config.ingest.maxDecompressedBytes,
  readingAtOnce: system.readingAtOnce,
  onAnswer: metrics.answered,
});

const ports = {
  http: await http.listen(config.ingest.httpPort, config.app.host),
  grpc: await grpc.listen(config.ingest.grpcPort, config.app.host),
};
lifecycle.add(grpc);
lifecycle.add(http);
stopOnSignal(lifecycle, log);
log.info(ports, 'ready');
