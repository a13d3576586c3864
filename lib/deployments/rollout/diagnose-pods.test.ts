import { expect, test } from 'vitest';
import { podOf, replicaSet, workload } from '#lib/testing/workloads.ts';
import { DEFAULT_PATIENCE } from './container-trouble.ts';
import { diagnosePods, LAST_LINES, type PodLook, withLastLines } from './diagnose-pods.ts';
import { quotaWords } from './quota.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const LATER = NOW + DEFAULT_PATIENCE.graceMs;

function look(pods: PodLook['pods'], more: Partial<PodLook> = {}) {
  const newest = replicaSet('new', {});
  return diagnosePods({
    deployment: workload(),
    newest,
    pods,
    patience: DEFAULT_PATIENCE,
    memory: {},
    nowMs: NOW,
    ...more,
  });
}

const waiting = (reason: string, more: object = {}) => ({
  name: 'app',
  image: 'planner:2',
  state: { waiting: { reason, message: 'so it says' } },
  ...more,
});
const inPod = (status: object, list = 'containerStatuses') => podOf('new', 'planner-1', { [list]: [status] });
const ended = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });

test('deployment S-31: pods of other ReplicaSets and of nobody do not count, nor those that are ending', () => {
  const old = podOf('old', 'planner-0', { containerStatuses: [waiting('CrashLoopBackOff')] });
  const mine = inPod(waiting('InvalidImageName'));
  const ending = { ...mine, metadata: { ...mine.metadata, deletionTimestamp: '2026-11-29T11:59:00Z' } };
  const orphan = { ...mine, metadata: { ...mine.metadata, ownerReferences: [] } };
  expect(look([old, ending, orphan]).troubles).toEqual([]);
  expect(look([mine], { newest: null }).troubles).toEqual([]);
  expect(look([old, mine]).troubles).toMatchObject([{ pod: 'planner-1', container: 'app' }]);
});

test.each([
  ['ErrImagePull', 'image'],
  ['ImagePullBackOff', 'image'],
  ['InvalidImageName', 'image'],
  ['ErrImageNeverPull', 'image'],
  ['ImageInspectError', 'image'],
  ['RegistryUnavailable', 'image'],
  ['CreateContainerConfigError', 'config'],
  ['CreateContainerError', 'config'],
  ['RunContainerError', 'config'],
  ['CrashLoopBackOff', 'crash'],
])('deployment S-32: %s is trouble of the kind %s in containers of every sort', (reason, kind) => {
  for (const list of ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'])
    expect(look([inPod(waiting(reason), list)]).troubles).toMatchObject([{ kind, reason }]);
});

test('deployment S-32: a container that is being made is no trouble', () => {
  expect(look([inPod(waiting('ContainerCreating')), inPod(waiting('PodInitializing'))]).troubles).toEqual([]);
});

test('deployment S-33: what no retry mends fails at once, and a pull that fails only after the grace', () => {
  for (const reason of ['InvalidImageName', 'ErrImageNeverPull'])
    expect(look([inPod(waiting(reason))]).troubles).toMatchObject([{ isFatal: true }]);
  const first = look([inPod(waiting('ErrImagePull'))]);
  expect(first.troubles).toMatchObject([
    {
      isFatal: false,
      sinceMs: NOW,
      message: 'Container app of pod planner-1 cannot get its image planner:2 (ErrImagePull): so it says',
    },
  ]);
  // The reason goes to and fro between two words; the grace goes on.
  const backOff = [inPod(waiting('ImagePullBackOff'))];
  expect(look(backOff, { memory: first.memory, nowMs: LATER - 1 }).troubles).toMatchObject([
    { isFatal: false },
  ]);
  expect(look(backOff, { memory: first.memory, nowMs: LATER }).troubles).toMatchObject([
    { isFatal: true, sinceMs: NOW },
  ]);
});

test('deployment S-33: a recovery inside the grace clears the warning, and the next one counts anew', () => {
  const { memory } = look([inPod(waiting('ErrImagePull'))]);
  const recovered = look([inPod({ name: 'app', state: { running: {} }, restartCount: 0 })], {
    memory,
    nowMs: NOW + 1000,
  });
  expect(recovered).toEqual({ troubles: [], memory: {} });
  const again = look([inPod(waiting('ErrImagePull'))], { memory: recovered.memory, nowMs: LATER });
  expect(again.troubles).toMatchObject([{ isFatal: false, sinceMs: LATER }]);
});

test('deployment S-34: a crash loop fails after its restarts or the grace, and says how the container ended', () => {
  const crashing = (restartCount: number) => [
    inPod(waiting('CrashLoopBackOff', { restartCount, lastState: ended(137, 'OOMKilled') })),
  ];
  const first = look(crashing(1));
  expect(first.troubles).toMatchObject([
    {
      kind: 'crash',
      isFatal: false,
      lastExit: { exitCode: 137, reason: 'OOMKilled' },
      message:
        'Container app of pod planner-1 crashes: restarted once, it ended with exit code 137 (OOMKilled)',
    },
  ]);
  expect(look(crashing(3)).troubles).toMatchObject([{ isFatal: true }]);
  expect(look(crashing(2), { memory: first.memory, nowMs: LATER }).troubles).toMatchObject([
    { isFatal: true },
  ]);
});

test('deployment S-34: a message carries the last twenty lines that the ended container wrote', () => {
  const [trouble] = look([inPod(waiting('CrashLoopBackOff'))]).troubles;
  if (!trouble) throw new Error('no trouble');
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const told = withLastLines(trouble, lines).message.split('\n').slice(1);
  expect(told).toEqual(lines.slice(-LAST_LINES));
  expect(withLastLines(trouble, [])).toBe(trouble);
});

test('deployment S-35: between two crashes a running container still crashes, until it has been ready for the grace', () => {
  const running = (ready: boolean, startedAt: string) => [
    inPod({
      name: 'app',
      ready,
      restartCount: 2,
      state: { running: { startedAt } },
      lastState: ended(1, 'Error'),
    }),
  ];
  const crash = look([inPod(waiting('CrashLoopBackOff', { restartCount: 2, lastState: ended(1, 'Error') }))]);
  const between = look(running(true, '2026-11-29T11:59:59Z'), { memory: crash.memory, nowMs: NOW + 1000 });
  expect(between.troubles).toMatchObject([{ kind: 'crash', sinceMs: NOW, reason: 'Error' }]);
  expect(look(running(false, '2026-11-29T11:00:00Z')).troubles).toHaveLength(1);
  expect(look(running(true, '2026-11-29T11:59:00Z')).troubles).toEqual([]);
});

test('deployment S-35: an init container that has done its work is well, although it needed a second try', () => {
  const done = {
    name: 'migrate',
    restartCount: 1,
    state: ended(0, 'Completed'),
    lastState: ended(1, 'Error'),
  };
  expect(look([inPod(done, 'initContainerStatuses')]).troubles).toEqual([]);
});

test('deployment S-36: a pod that no node takes is a warning in the words of the scheduler, however long', () => {
  const pod = podOf('new', 'planner-1', {
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/3 nodes: insufficient cpu',
      },
    ],
  });
  const { memory } = look([pod]);
  expect(look([pod], { memory, nowMs: LATER * 2 }).troubles).toMatchObject([
    {
      kind: 'unschedulable',
      reason: 'Unschedulable',
      isFatal: false,
      sinceMs: NOW,
      message: 'No node takes pod planner-1: 0/3 nodes: insufficient cpu',
    },
  ]);
});

const QUOTA =
  'pods "planner-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=5, limited: pods=5';

test('deployment S-37: an exceeded quota is told with what is used and allowed, from a Deployment and from a refusal', () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: QUOTA }];
  const words = 'The quota small is used up: pods=1 asked for, pods=5 used, pods=5 allowed.';
  expect(look([], { deployment: workload({ status: { conditions } }), newest: null }).troubles).toMatchObject(
    [{ kind: 'quota', reason: 'FailedCreate', pod: null, isFatal: false, message: words }],
  );
  expect(quotaWords(QUOTA)).toBe(words);
  expect(quotaWords('deployments.apps is forbidden: User "x" cannot create')).toBeNull();
});

test('deployment S-37: several limits of one quota are all told', () => {
  const many =
    'exceeded quota: q, requested: cpu=1,memory=1Gi, used: cpu=3,memory=7Gi, limited: cpu=3,memory=8Gi';
  expect(quotaWords(many)).toBe(
    'The quota q is used up: cpu=1,memory=1Gi asked for, cpu=3,memory=7Gi used, cpu=3,memory=8Gi allowed.',
  );
});
