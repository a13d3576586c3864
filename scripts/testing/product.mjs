import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDS_WITH_PARENT } from '../bootstrap/parent.mjs';
import { ROOT } from '../bootstrap/runtime.mjs';
import { freePort } from '../engines/files.mjs';

const PORTS = ['PORT', 'REALTIME_PORT', 'OTLP_HTTP_PORT', 'OTLP_GRPC_PORT', 'WORKER_PORT'];

/** Ports that were free a moment ago, by the variables that set them. */
async function freePorts() {
  const ports = new Set();
  while (ports.size < PORTS.length) ports.add(await freePort());
  return Object.fromEntries(PORTS.map((name, index) => [name, [...ports][index]]));
}

/** Resolves with the ready line; rejects with the whole output when the start ends before it. */
function readyLine(child, output) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const line = /^ready {2}.*$/m.exec(output.text)?.[0];
      if (line) resolve(line);
    };
    child.stdout.on('data', look);
    child.once('close', (code) => reject(new Error(`The start ended (${code}):\n${output.text}`)));
  });
}

/**
 * Spawns the start script with a data directory and ports of its own, as `startProduct` does; waits for nothing.
 *
 * @param options.command what runs the script, with its arguments
 * @returns the child, its output so far, and what it was given
 */
export async function spawnStart({ root = ROOT, env = {}, dataDir, command = [process.execPath] } = {}) {
  const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'pitwall-product-'));
  const chosen = Object.entries(env).filter(([name]) => PORTS.includes(name));
  const ports = { ...(await freePorts()), ...Object.fromEntries(chosen) };
  const admin = { email: 'admin@example.test', password: 'correct horse battery staple' };
  const apiKey = env.INIT_API_KEY ?? `test-key-${randomBytes(24).toString('hex')}`;
  const wishes = { INIT_ADMIN_EMAIL: admin.email, INIT_ADMIN_PASSWORD: admin.password, INIT_API_KEY: apiKey };
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|PW_|NODE_ENV|NODE_OPTIONS|DATABASE_|REDIS_|npm_)/.test(name),
    ),
  );
  const numbers = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const ours = { HOST: '127.0.0.1', [ENDS_WITH_PARENT]: '1', DATA_DIR: directory };
  const [file, ...args] = command;
  const child = spawn(file, [...args, join(root, 'scripts', 'start.mjs')], {
    cwd: root,
    env: { ...inherited, ...ours, ...wishes, ...numbers, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output.text += chunk;
    });
  }
  return { child, output, directory, ports, admin, apiKey };
}

/**
 * Starts the real product by its own start script, with a data directory and ports of its own, a
 * provisioned admin and API key.
 *
 * @param options.root the clone to start; options.env: more variables; options.dataDir: one to go on with
 * @param options.node the Node to start it with
 * @returns addresses, credentials, the start's output and process, and stop()
 */
export async function startProduct({ node = process.execPath, ...options } = {}) {
  const begin = Date.now();
  const { child, output, directory, ports, admin, apiKey } = await spawnStart({
    ...options,
    command: [node],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const ready = await readyLine(child, output);
  return {
    url: `http://localhost:${ports.PORT}`,
    realtimePort: ports.REALTIME_PORT,
    workerPort: ports.WORKER_PORT,
    otlpHttpUrl: `http://127.0.0.1:${ports.OTLP_HTTP_PORT}`,
    otlpGrpcAddress: `127.0.0.1:${ports.OTLP_GRPC_PORT}`,
    admin,
    apiKey,
    dataDir: directory,
    ready,
    readyMs: Date.now() - begin,
    output,
    process: child,
    /** Ends it as Ctrl-C would. `keep`: leave the data directory. Resolves with the exit code. */
    stop: async ({ keep = false } = {}) => {
      child.kill('SIGINT');
      const code = await ended;
      if (!keep) rmSync(directory, { recursive: true, force: true });
      return code;
    },
  };
}
