import { createClusterWatches } from '#lib/clusters/watches/cluster-watches.ts';
import { composeWorker } from '#lib/compose/worker.ts';
import { getConfig } from '#lib/config/config.ts';
import { serveHealth } from '#lib/kernel/health-server.ts';
import { stopOnSignal } from '#lib/kernel/lifecycle.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createLiveEvaluation } from '#lib/pipeline/evaluate/live.ts';
import { advisoryLocks } from './advisory-lock.ts';
import { createAgenda } from './agenda.ts';
import { startLoops } from './loop.ts';
import { alertTimerLoop } from './loops/alert-timers.ts';
import { announcementLoop } from './loops/announcements.ts';
import { auditorLoop } from './loops/auditor.ts';
import { cleanupLoop } from './loops/cleanup.ts';
import { clusterCheckLoop } from './loops/cluster-checks.ts';
import { clusterWatchLoop } from './loops/cluster-watches.ts';
import { codeHostLoop } from './loops/code-host.ts';
import { controlLoop } from './loops/control.ts';
import { credentialEndLoop } from './loops/credential-ends.ts';
import { deliveryLoop } from './loops/deliveries.ts';
import { deploymentLoop } from './loops/deployments.ts';
import { erasureLoop } from './loops/erasures.ts';
import { escalationLoop } from './loops/escalations.ts';
import { evaluationLoop } from './loops/evaluations.ts';
import { groupLoop } from './loops/groups.ts';
import { healthLoop } from './loops/health.ts';
import { ledgerRetentionLoop } from './loops/ledger-retention.ts';
import { ledgerLoop } from './loops/ledgers.ts';
import { liveEvaluationLoop } from './loops/live-evaluations.ts';
import { mailLoop } from './loops/mails.ts';
import { ownersLoop } from './loops/owners.ts';
import { previewLoop } from './loops/previews.ts';
import { resealLoop } from './loops/reseal.ts';
import { retentionLoop } from './loops/retention.ts';
import { rollupLoop } from './loops/rollups.ts';
import { ruleUpkeepLoop } from './loops/rule-upkeep.ts';
import { runningImageLoop } from './loops/running-images.ts';
import { scalingLoop } from './loops/scaling.ts';
import { createWorkerMetrics } from './metrics.ts';

const config = getConfig();
const log = createLog('worker', config.app.logLevel);
const { registry, meter, reportLedgers, reportHostLimit, deployments } = createWorkerMetrics();
const system = await composeWorker(config, log, { reportHostLimit, clusterMeter: deployments });
const { lifecycle, db } = system;
const live = createLiveEvaluation({ ...system, metrics: system.metricStore, log });
lifecycle.add({ name: 'live evaluation', stop: live.stop });
const watches = createClusterWatches({ ...system, ...system.watching, log });
lifecycle.add({ name: 'watches of clusters', stop: watches.stop });

const loops = [
  retentionLoop({ ...system, rawRetentionDays: config.metrics.retentionDays }),
  rollupLoop(system),
  ownersLoop(system.owners),
  escalationLoop(system),
  healthLoop(system.health),
  controlLoop(system.control),
  clusterCheckLoop({ ...system, log }),
  clusterWatchLoop(watches, { ...system, ...system.watching }),
  codeHostLoop({ ...system, ...system.codeHost, announce: system.tell, log }),
  deploymentLoop({ ...system, announce: system.tell, meter: deployments, log }),
  previewLoop({ ...system, announce: system.tell, meter: deployments, log }),
  runningImageLoop({ ...system, announce: system.tell }),
  scalingLoop({ ...system, announce: system.tell, log }),
  announcementLoop(system),
  groupLoop(system),
  deliveryLoop(system.deliverer),
  auditorLoop(system),
  mailLoop({ ...system, log }),
  alertTimerLoop(system),
  evaluationLoop({ ...system, metrics: system.metricStore, log }),
  liveEvaluationLoop(live),
  ruleUpkeepLoop(system),
  erasureLoop(system),
  cleanupLoop(db),
  credentialEndLoop(system),
  resealLoop({ ...system, log }),
  ledgerLoop({ ...system, log, report: reportLedgers }),
  ...(system.ledgerRetention ? [ledgerRetentionLoop({ ...system, ...system.ledgerRetention, log })] : []),
];
const takeLock = advisoryLocks(system.sql);
lifecycle.add(startLoops(loops, { log, meter, takeLock, bus: system.bus, agenda: createAgenda(system.sql) }));
const sources = {
  checks: system.checks,
  registry,
  metricsToken: config.secrets.metricsToken,
  metricsPath: config.metrics.enabled ? config.metrics.path : null,
};
const server = await serveHealth(sources, { host: config.app.host, port: config.worker.port });
lifecycle.add(server);
stopOnSignal(lifecycle, log);
log.info({ port: server.port, loops: loops.map((loop) => loop.name) }, 'ready');
