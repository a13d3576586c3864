import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { rotateLog } from '../engines/files.mjs';
import { visible } from '../engines/visible.mjs';
import { backOff } from './back-off.mjs';

/** Sends a signal to a whole process group; a group that is gone is no error. */
function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function running(child) {
  return child !== undefined && child.exitCode === null && child.signalCode === null;
}

/** What surrounds the one telling line of a crash: frames, source, Node's own remarks. */
const NOISE = /^\s|^node:|^file:|^\(Use `node|^Node\.js v|Warning: /;

/** The lines worth a person's eye: warnings and errors; the rest stays in the file. */
function worthShowing(line, isError) {
  if (line.startsWith('{')) return /"level":"(warn|error|fatal)"/.test(line);
  return isError && /\w/.test(line) && !NOISE.test(line);
}

/**
 * A line as it may stand in the file and in a terminal (security U5). The log of a process writes to its standard
 * output; what looks like a line of it and came by the other way is text.
 */
function asLine(text, isError) {
  const line = visible(text, '\t');
  return isError && line.startsWith('{') ? `stderr: ${line}` : line;
}

/**
 * One process under supervision: started again with back-off when it ends by itself, its output kept
 * in a file. It has a process group of its own, so Ctrl-C in the terminal reaches it only through us.
 *
 * @param spec name, file, args, cwd, env, logFile
 * @param on.line(name, line) a line worth showing; on.ended(name, how, waitMs) it ended by itself;
 *   on.started(name, pid)
 */
export function superviseChild(spec, on) {
  let child;
  let timer;
  let stopping = false;
  let failures = 0;
  rotateLog(spec.logFile);
  const log = createWriteStream(spec.logFile, { flags: 'a', mode: 0o600 });

  function forward(stream, isError) {
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (text) => {
      const line = asLine(text, isError);
      log.write(`${line}\n`);
      if (worthShowing(line, isError)) on.line(spec.name, line);
    });
  }

  function ended(startedAt, how) {
    if (stopping) return;
    const next = backOff(failures, Date.now() - startedAt);
    failures = next.failures;
    on.ended(spec.name, how, next.waitMs);
    timer = setTimeout(start, next.waitMs);
  }

  function start() {
    const startedAt = Date.now();
    child = spawn(spec.file, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    forward(child.stdout, false);
    forward(child.stderr, true);
    let told = false;
    const once = (how) => {
      if (!told) ended(startedAt, how);
      told = true;
    };
    child.once('error', (error) => once(error.message));
    child.once('exit', (code, signal) => once(signal ?? `exit code ${code}`));
    if (child.pid) on.started(spec.name, child.pid);
  }

  async function stop(timeoutMs) {
    stopping = true;
    clearTimeout(timer);
    if (running(child)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const hard = setTimeout(() => signalGroup(child, 'SIGKILL'), timeoutMs);
      await ended;
      clearTimeout(hard);
    }
    // Whatever the process itself had started and left.
    if (child?.pid) signalGroup(child, 'SIGKILL');
    await new Promise((resolve) => log.end(resolve));
  }

  return {
    name: spec.name,
    start,
    stop,
    kill: () => running(child) && signalGroup(child, 'SIGKILL'),
    get pid() {
      return running(child) ? child.pid : undefined;
    },
    get failures() {
      return failures;
    },
  };
}
