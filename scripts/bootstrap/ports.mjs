import { portIsFree } from '../engines/files.mjs';
import { StartError } from './progress.mjs';

/** The ports that the four processes will listen on, by the variable that moves each. */
export function portsOf(config) {
  return [
    { variable: 'PORT', port: config.app.port, host: config.app.host },
    { variable: 'REALTIME_PORT', port: config.realtime.port, host: config.app.host },
    { variable: 'OTLP_HTTP_PORT', port: config.ingest.httpPort, host: config.app.host },
    { variable: 'OTLP_GRPC_PORT', port: config.ingest.grpcPort, host: config.app.host },
    { variable: 'WORKER_PORT', port: config.worker.port, host: config.app.host },
  ];
}

/**
 * Checks all ports before anything is started.
 *
 * @throws StartError that names every port in use, or used twice, with the variable that moves it
 */
export async function requireFreePorts(ports) {
  const problems = [];
  const taken = new Map();
  for (const { variable, port, host } of ports) {
    const other = taken.get(port);
    if (other) problems.push(`Port ${port} is asked for twice: by ${other} and by ${variable}.`);
    else if (!(await portIsFree(port, host))) {
      problems.push(`Port ${port} is in use: stop what listens there, or set ${variable} to another one.`);
    }
    taken.set(port, variable);
  }
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}
