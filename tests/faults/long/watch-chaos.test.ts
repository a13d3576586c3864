import { readdirSync } from 'node:fs';
import { and, eq, ne } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { deployments } from '#db/schema/deployments.ts';
import { staleSince } from '#lib/clusters/found/staleness.ts';
import type { ClusterUser } from '#lib/model/cluster-access.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { ownBytes } from '#tests/bench/harness.ts';
import { type AlertRig, createAlertRig, type Worker } from '#tests/faults/alert-rig.ts';
import { pause } from '#tests/faults/ingest-rig.ts';
import { sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { collectGarbage } from '#tests/soak/collect-garbage.ts';

const SECONDS = Number(process.env.PITWALL_WATCH_CHAOS_SECONDS ?? 30);
/** Resets for a minute, frozen for 90 s, a storm of 410 for half a minute; in shorter runs shorter. */
const ROUND = { resets: 60, frozen: 90, storm: 30 };
const SCALE = Math.min(1, SECONDS / 400);
const RESET_EVERY_MS = 2000;
const STORM_EVERY_MS = 250;
const AGENTS = 20;
/** Until everything is as it is there: backoffs of 30 s, and a step of each loop. */
const CALM_MS = 90_000;
const IMAGE = 'registry.example.test/agent';
const NAMESPACE = 'agents';

let rig: AlertRig;
let server: KubernetesServer;
let worker: Worker;
beforeAll(async () => {
  [rig, server] = await Promise.all([
    createAlertRig({ FEATURE_DEPLOYMENT_AUTOMATION: 'true' }),
    startKubernetes({ namespaces: [NAMESPACE, 'many'] }),
  ]);
  worker = await rig.startWorker();
});
afterAll(async () => {
  await rig.close();
  await server.close();
});

async function connect(namespace: string): Promise<string> {
  const id = uuidv7();
  const user: ClusterUser = { token: server.token, clientCertificate: null, clientKey: null };
  await rig.db.insert(clusters).values({
    ...{ id, teamId: rig.teamId, name: namespace, namespaces: [namespace], accessFrom: 'given' },
    ...{ server: server.url, ca: server.ca },
    sealedUser: createSecretBox(rig.secretKey).seal(JSON.stringify(user)),
  });
  return id;
}

function deploy(name: string, namespace: string, replicas = 1): void {
  const made = sampleDeployment(name, `${IMAGE}:1.0.0`, { namespace, replicas });
  made.metadata.labels = { 'pitwall.dev/agent': 'true' };
  server.cluster.create(made, 'kubectl');
}

const present = async (clusterId: string) => {
  const own = and(eq(clusterAgents.clusterId, clusterId), eq(clusterAgents.presence, 'present'));
  const rows = await rig.db.select().from(clusterAgents).where(own);
  return new Map(rows.map(({ name, facts }) => [name, facts.image]));
};

const there = () =>
  new Map(
    server.cluster.list('deployments', NAMESPACE).map((object) => {
      const { template } = object.spec as { template: { spec: { containers: { image: string }[] } } };
      return [object.metadata.name, template.spec.containers[0]?.image ?? null];
    }),
  );

async function isCurrent(clusterId: string): Promise<boolean> {
  const [row] = await rig.db.select().from(clusters).where(eq(clusters.id, clusterId));
  return row !== undefined && row.watches.length > 0 && staleSince(row, new Date()) === null;
}

/** Does something at a pace for so many seconds of a whole round. */
async function during(seconds: number, everyMs: number, work: () => unknown): Promise<void> {
  const endMs = Date.now() + seconds * SCALE * 1000;
  while (Date.now() < endMs) {
    await work();
    await pause(everyMs);
  }
}

/** What the worker holds on to, once its garbage is collected. */
async function held() {
  await collectGarbage(worker.pid);
  return {
    bytes: ownBytes([worker.pid]),
    sockets: server.connections.open,
    files: readdirSync(`/proc/${worker.pid}/fd`).length,
  };
}

test(
  'deployment S-79, S-80: resets, a frozen API and a storm of 410 leave no status stuck, and neither sockets nor memory grow',
  async () => {
    for (let index = 0; index < AGENTS; index += 1) deploy(`agent-${index}`, NAMESPACE);
    const clusterId = await connect(NAMESPACE);
    await expect.poll(() => isCurrent(clusterId), { timeout: CALM_MS, interval: 100 }).toBe(true);
    let turn = 0;

    /** Something changes in the cluster, and a version is deployed into it. */
    async function live(): Promise<void> {
      turn += 1;
      const name = `agent-${turn % AGENTS}`;
      if (turn % 3 === 0) server.cluster.remove('deployments', NAMESPACE, name);
      else if (!server.cluster.get('deployments', NAMESPACE, name)) deploy(name, NAMESPACE);
      if (turn % 15 !== 1) return;
      const where = { clusterId, namespace: NAMESPACE, workloadName: `shipped-${turn}`, container: 'main' };
      await makeDeployment(rig, rig.teamId, { ...where, image: IMAGE, version: '2.0.0' });
    }

    async function calm(): Promise<void> {
      const patience = { timeout: CALM_MS, interval: 250 };
      await expect.poll(() => isCurrent(clusterId), patience).toBe(true);
      await expect
        .poll(
          () =>
            rig.db
              .select({ workload: deployments.workloadName, status: deployments.status })
              .from(deployments)
              .where(and(eq(deployments.clusterId, clusterId), ne(deployments.status, 'completed'))),
          patience,
        )
        .toEqual([]);
      const labeled = () => new Map([...there()].filter(([name]) => name.startsWith('agent-')));
      await expect.poll(() => present(clusterId), patience).toEqual(labeled());
      await expect.poll(() => server.watches(), patience).toBe(3);
    }

    const endMs = Date.now() + SECONDS * 1000;
    let early: Awaited<ReturnType<typeof held>> | null = null;
    while (Date.now() < endMs) {
      let resetAtMs = 0;
      await during(ROUND.resets, 500, async () => {
        await live();
        if (Date.now() < resetAtMs) return;
        server.chaos.resetWatches();
        resetAtMs = Date.now() + RESET_EVERY_MS;
      });
      server.chaos.freeze();
      await during(ROUND.frozen, 2000, live);
      server.chaos.thaw();
      await during(ROUND.storm, STORM_EVERY_MS, async () => {
        await live();
        server.chaos.expireWatches();
      });
      await calm();
      early ??= await held();
    }
    const late = await held();
    if (!early) throw new Error('no round was over');
    const lists = server.requests.matching({ verb: 'list' }).length;
    process.stdout.write(`watch chaos: ${turn} turns, ${lists} lists, ${JSON.stringify({ early, late })}\n`);
    expect(late.sockets).toBeLessThanOrEqual(early.sockets + 2);
    expect(late.files).toBeLessThanOrEqual(early.files + 5);
    expect(late.bytes).toBeLessThan(early.bytes * 1.2);
  },
  (SECONDS * 3 + 300) * 1000,
);

test('2,000 pods of 200 agents are found within 5 s of the first request, and none is polled afterwards', async () => {
  const [agents, pods] = [200, 10];
  for (let index = 0; index < agents; index += 1) deploy(`many-${index}`, 'many', pods);
  await server.settled();
  expect(server.cluster.list('pods', 'many')).toHaveLength(agents * pods);
  server.requests.clear();
  const clusterId = await connect('many');
  const lists = { verb: 'list', resource: 'deployments', namespace: 'many' };
  await server.until(() => server.requests.matching(lists).length > 0, 30_000);
  const startedMs = performance.now();
  const ready = async () => {
    const rows = await rig.db.select().from(clusterAgents).where(eq(clusterAgents.clusterId, clusterId));
    return rows.filter(({ facts }) => facts.readyReplicas === pods && facts.digest !== null).length;
  };
  await expect.poll(ready, { timeout: 30_000, interval: 20 }).toBe(agents);
  const tookMs = performance.now() - startedMs;
  process.stdout.write(`watch chaos: ${agents} agents found in ${Math.round(tookMs)} ms\n`);
  expect(tookMs).toBeLessThan(5000);
  server.requests.clear();
  await pause(15_000);
  expect(server.requests.requests.filter(({ namespace }) => namespace === 'many')).toEqual([]);
}, 120_000);
