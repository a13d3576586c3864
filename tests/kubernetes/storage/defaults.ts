import { type Fields, isFields, type KubeObject } from '../objects.ts';

/** Fills in what is absent, as the API server does on every write. */
function fill(fields: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) fields[name] ??= structuredClone(value);
}

function containerDefaults(container: Fields): void {
  const image = String(container.image ?? '');
  const isLatest = !/[@:][^/]+$/.test(image) || image.endsWith(':latest');
  fill(container, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  const ports = Array.isArray(container.ports) ? container.ports.filter(isFields) : [];
  for (const port of ports) fill(port, { protocol: 'TCP' });
}

function podDefaults(spec: unknown): void {
  if (!isFields(spec)) return;
  fill(spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
  for (const list of [spec.containers, spec.initContainers]) {
    if (Array.isArray(list)) for (const container of list.filter(isFields)) containerDefaults(container);
  }
}

const ROLLING = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } };

function deploymentDefaults(spec: Fields): void {
  fill(spec, {
    replicas: 1,
    strategy: ROLLING,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  const strategy = spec.strategy as Fields;
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') {
    fill(strategy, { rollingUpdate: {} });
    fill(strategy.rollingUpdate as Fields, ROLLING.rollingUpdate);
  }
}

const OF_SPEC: Record<string, (spec: Fields) => void> = {
  Deployment: deploymentDefaults,
  ReplicaSet: (spec) => fill(spec, { replicas: 1 }),
  StatefulSet: (spec) =>
    fill(spec, {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    }),
  DaemonSet: (spec) =>
    fill(spec, {
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    }),
  HorizontalPodAutoscaler: (spec) => fill(spec, { minReplicas: 1 }),
  Service: (spec) => fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' }),
};

/** What is null is absent for the API server's own kinds. */
export function dropNulls(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) dropNulls(item);
  if (!isFields(value)) return;
  for (const [name, below] of Object.entries(value)) {
    if (below === null || below === undefined) delete value[name];
    else dropNulls(below);
  }
}

/** What a Secret says in plain text is kept encoded. */
function encodeSecret(secret: KubeObject): void {
  const { stringData } = secret;
  if (!isFields(stringData)) return;
  const encoded = Object.entries(stringData).map(([name, value]) => [
    name,
    Buffer.from(String(value)).toString('base64'),
  ]);
  secret.data = { ...(isFields(secret.data) ? secret.data : {}), ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

/** Changes the object in place. Custom kinds have no defaults here. */
export function setDefaults(object: KubeObject, isCustom: boolean): void {
  if (isCustom) return;
  dropNulls(object);
  if (object.kind === 'Secret') encodeSecret(object);
  if (object.kind === 'Namespace') object.status ??= { phase: 'Active' };
  const { spec } = object;
  if (!isFields(spec)) return;
  OF_SPEC[object.kind]?.(spec);
  if (object.kind === 'Pod') podDefaults(spec);
  if (isFields(spec.template)) podDefaults(spec.template.spec);
}
