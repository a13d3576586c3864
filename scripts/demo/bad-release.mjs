/**
 * `npm run demo -- --bad-release`: a release with 20 % errors and twice the cost is deployed to a cluster of the tests,
 * judged by its own telemetry, and rolled back by itself. The cluster is real to Pitwall; what runs in it are the demo's
 * agents, started and ended here as the workload changes.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sleep } from './chance.mjs';
import { openConsole } from './console.mjs';

const NAMESPACE = 'demo';
const IMAGE = 'registry.example.test/checkout';
const [GOOD, BAD] = ['1.4.0', '1.5.0'];
/** How long the old version is listened to before, and the new one is judged, seconds. */
const SECONDS = Number(process.env.DEMO_GATE_SECONDS ?? 60);
const LOOKS = Number(process.env.DEMO_GATE_LOOKS ?? 6);
const OVER = new Set(['completed', 'failed', 'cancelled', 'superseded', 'rolled_back']);

const folder = import.meta.dirname;
const start = (file, args, env) =>
  spawn(process.execPath, [join(folder, file), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });

/** The agents of the workload: one process, of the version that the workload has. */
class Workload {
  #child = null;
  constructor(name, env) {
    this.name = name;
    this.env = env;
  }
  become(version) {
    this.stop();
    this.#child = start('release.mjs', [this.name, version, version === BAD ? 'bad' : 'good'], this.env);
  }
  stop() {
    this.#child?.kill('SIGTERM');
    this.#child = null;
  }
}

/** Starts the cluster; the agents follow what its workload runs. Resolves with where it is. */
function startCluster(name, env, workload) {
  const child = start('cluster.mjs', [NAMESPACE, name, `${IMAGE}:${GOOD}`], env);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The cluster ended (${code}).`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { image, ...place } = JSON.parse(line);
      if (image === undefined) resolve({ child, ...place });
      else {
        console.log(`The cluster runs ${image}.`);
        workload.become(image.split(':').at(-1));
      }
    });
  });
}

async function until(work, what, seconds = 120) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(500)) {
    const found = await work();
    if (found) return found;
  }
  throw new Error(`${what} did not come within ${seconds} s.`);
}

/** Prints each new entry of a timeline until the deployment is over. */
async function follow(call, id, isOver) {
  let told = 0;
  return until(
    async () => {
      const deployment = await call('GET', `/deployments/${id}`);
      for (const { at, code, message } of deployment.events.slice(told))
        if (code !== 'progress')
          console.log(`${new Date(at).toISOString().slice(11, 19)}  ${code}  ${message}`);
      told = deployment.events.length;
      return isOver(deployment) ? deployment : null;
    },
    'The end of the deployment',
    SECONDS * 2 + 300,
  );
}

/** @returns the exit code: 0 once the bad release was failed by its telemetry and rolled back by itself */
export async function runBadRelease({ endpoint, headers }) {
  const url = (process.env.APP_URL ?? `http://localhost:${process.env.PORT ?? 3000}`).replace(/\/$/, '');
  const admin = {
    email: process.env.PITWALL_ADMIN_EMAIL ?? process.env.INIT_ADMIN_EMAIL,
    password: process.env.PITWALL_ADMIN_PASSWORD ?? process.env.INIT_ADMIN_PASSWORD,
  };
  if (!admin.email || !admin.password) {
    console.error('Set PITWALL_ADMIN_EMAIL and PITWALL_ADMIN_PASSWORD: only people connect clusters.');
    return 1;
  }
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers };
  const name = `checkout-${Date.now().toString(36)}`;
  const workload = new Workload(name, env);
  const call = await openConsole(url, admin);
  const cluster = await startCluster(name, env, workload);
  let connected = null;
  const close = () => {
    workload.stop();
    cluster.child.removeAllListeners('exit');
    cluster.child.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      close();
      process.exit(1);
    });
  try {
    const { url: server, ca, token } = cluster;
    connected = await call('POST', '/clusters', {
      ...{ name, namespaces: [NAMESPACE], form: 'token', server, ca, token },
    });
    const agent = await until(async () => {
      const { items } = await call('GET', `/agents?q=${name}`);
      return items.find((item) => item.name === name);
    }, `The agent ${name}`);
    console.log(`Listening to ${name} ${GOOD} for ${SECONDS} s.`);
    await sleep(SECONDS * 1000);
    const asked = await call('POST', '/deployments', {
      ...{
        agentId: agent.id,
        clusterId: connected.id,
        namespace: NAMESPACE,
        workload: name,
        container: 'main',
      },
      ...{ image: IMAGE, version: BAD, byTag: true, autoRollback: true },
      gate: {
        ...{ durationSeconds: SECONDS, onUndecided: 'fail' },
        definition: { looks: LOOKS, metrics: [{ metric: 'error_rate' }, { metric: 'cost' }] },
      },
    });
    console.log(`${GOOD} -> ${BAD}: ${url}/deployments/${asked.id}`);
    const failed = await follow(call, asked.id, ({ status }) => OVER.has(status));
    if (failed.rolledBackBy === null) throw new Error(`It is ${failed.status}, and nothing takes it back.`);
    console.log(`Rolled back by itself: ${url}/deployments/${failed.rolledBackBy.id}`);
    await follow(call, failed.rolledBackBy.id, ({ status }) => OVER.has(status));
    const { status, failure } = await call('GET', `/deployments/${asked.id}`);
    console.log(`The end: ${BAD} is ${status.replace('_', ' ')}. ${failure?.message ?? ''}`);
    return status === 'rolled_back' && failure?.code === 'GATE_FAILED' ? 0 : 1;
  } finally {
    if (connected) await call('DELETE', `/clusters/${connected.id}`).catch(() => undefined);
    close();
  }
}
