import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { delay, freePort, privateDirectory, randomPassword, writePrivate } from './files.mjs';
import { keepLog } from './keep-log.mjs';

/** The Redis (or Valkey) server of this machine, or undefined when the PATH has none. */
export function findRedis(path = process.env.PATH ?? '') {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of path.split(delimiter).filter(Boolean)) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

/** Nothing is kept on disk: Redis is never the only copy of anything. */
function configuration(dir, port, password) {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    `dir "${dir}"`,
    'save ""',
    'appendonly no',
    'databases 4096',
    'maxmemory 512mb',
    'maxmemory-policy noeviction',
    'client-output-buffer-limit pubsub 64mb 16mb 30',
    'daemonize no',
    '',
  ].join('\n');
}

function answersPing(port, password) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    let text = '';
    socket.setTimeout(1000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('+PONG')) finish(true);
    });
    socket.write(`AUTH ${password}\r\nPING\r\n`);
  });
}

async function stopServer(child, timeoutMs) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  await ended;
  clearTimeout(hard);
}

/**
 * Starts a private Redis on a free port of loopback, behind a password.
 *
 * @param options.dir directory of its own (made when missing, 0700)
 * @param options.program the server's path, from findRedis()
 * @param options.port preferred port; options.password: new on every start unless given
 * @returns its url, port, password, process and stop()
 */
export async function startRedis(options) {
  const { dir, program = findRedis(), password = randomPassword() } = options;
  if (!program) throw new Error('Neither redis-server nor valkey-server is on the PATH.');
  privateDirectory(dir);
  const port = await freePort(options.port);
  const file = join(dir, 'redis.conf');
  writePrivate(file, configuration(dir, port, password));
  const logFile = join(dir, 'server.log');
  const child = spawn(program, [file], { cwd: dir, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.once('error', () => {});
  keepLog(child, logFile);
  for (let tries = 0; !(await answersPing(port, password)); tries++) {
    if (child.exitCode !== null || child.signalCode !== null || tries > 200) {
      child.kill('SIGKILL');
      throw new Error(`${program} did not start: see ${logFile}`);
    }
    await delay(25);
  }
  return {
    port,
    password,
    pid: child.pid,
    process: child,
    url: `redis://:${password}@127.0.0.1:${port}/0`,
    stop: (timeoutMs = 5000) => stopServer(child, timeoutMs),
    kill: () => child.kill('SIGKILL'),
  };
}
