import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { delay } from '../engines/files.mjs';
import { superviseChild } from './child.mjs';
import { StartError } from './progress.mjs';

/** A process that ends this often before it was ever ready is a failed start, not a crash. */
const START_ATTEMPTS = 4;
const STOP_TIMEOUT_MS = 15_000;

/** Whether an address of this machine answers 200. A certificate of our own is not checked. */
function answers(url) {
  return new Promise((resolve) => {
    const request = url.startsWith('https:') ? requestHttps : requestHttp;
    const call = request(url, { timeout: 2000, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.once('timeout', () => call.destroy(new Error('timeout')));
    call.once('error', () => resolve(false));
    call.end();
  });
}

/**
 * Keeps a set of processes running until it is stopped.
 *
 * @param specs one entry a process: name, file, args, cwd, env, logFile, readyUrl
 * @param on.line, on.ended, on.started as in superviseChild
 */
export function createSupervisor(specs, on) {
  const children = specs.map((spec) => ({ spec, child: superviseChild(spec, on) }));
  let stopping;

  async function untilReady({ spec, child }, timeoutMs) {
    const end = Date.now() + timeoutMs;
    while (!(await answers(spec.readyUrl))) {
      if (stopping) return;
      const crashed = child.failures >= START_ATTEMPTS;
      if (crashed || Date.now() > end) {
        const why = crashed ? `ended ${child.failures} times` : `is not ready after ${timeoutMs / 1000} s`;
        throw new StartError(`The ${spec.name} process ${why}: see ${spec.logFile}`);
      }
      await delay(100);
    }
  }

  return {
    start: () => {
      for (const { child } of children) child.start();
    },
    /** Resolves when every process answers on its ready address. Throws StartError when one does not. */
    ready: (timeoutMs = 90_000) => Promise.all(children.map((entry) => untilReady(entry, timeoutMs))),
    /** Ends all processes, each within a bound; calling it again waits for the same end. */
    stop: (timeoutMs = STOP_TIMEOUT_MS) => {
      stopping ??= Promise.all(children.map(({ child }) => child.stop(timeoutMs)));
      return stopping;
    },
    /** Ends all at once, without asking. */
    kill: () => {
      for (const { child } of children) child.kill();
    },
    pids: () => Object.fromEntries(children.map(({ child }) => [child.name, child.pid])),
  };
}
