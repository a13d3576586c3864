import { composeRealtime } from '#lib/compose/realtime.ts';
import { getConfig } from '#lib/config/config.ts';
import { stopOnSignal } from '#lib/kernel/lifecycle.ts';
import { createLog } from '#lib/kernel/log.ts';
import { startRealtime } from './service.ts';

const config = getConfig();
const log = createLog('realtime', config.app.logLevel);
const parts = composeRealtime(config, log);
stopOnSignal(parts.lifecycle, log);
const { port } = await startRealtime(config, parts, log);
log.info({ port, bus: parts.bus.kind }, 'realtime listens');
