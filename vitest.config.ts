import { configDefaults, defineConfig } from 'vitest/config';

const BACK_END = ['lib', 'db', 'ingest', 'realtime', 'worker', 'scripts', 'components', 'app', 'tests'];
/** Files that `npm test` leaves out on this machine, and says so. */
const NOT_RUN = process.env.TESTS_NOT_RUN?.split(',') ?? [];
const OUTSIDE = [
  ...configDefaults.exclude,
  ...['tests/e2e/**', '.data/**', '.next/**', 'scripts/demo/**'],
  ...NOT_RUN,
];
/** They give the web process an environment, which is read once: each has a process of its own. */
const WEB = [
  'app/api/v1/agents/workload.int.test.ts',
  'app/api/v1/alerts/exhausted-pool.int.test.ts',
  'app/api/v1/api.int.test.ts',
  'app/api/v2/alertmanager.int.test.ts',
  'app/api/webhooks/github/webhooks.int.test.ts',
  'app/scim/v2/scim.int.test.ts',
  'lib/web/budgets.int.test.ts',
];
/** Once at each point in every run, and 25 times among the long ones. */
const DEPLOYMENT_KILLS = 'tests/faults/deployment-kill.test.ts';

/** They run beside the other fault tests: for most of their time they wait for what a kill has left to end. */
const KILLS = ['tests/faults/alert-history.test.ts', 'tests/faults/ingest-kill.test.ts', DEPLOYMENT_KILLS];

const FAULTS = { testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false };

/** Test files below the rooms that have tests, by their ending. */
function files(ending: string): string[] {
  return BACK_END.map((room) => `${room}/**/*${ending}`);
}

const WITH_ENGINES = {
  globalSetup: ['lib/testing/global-setup.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    reporters: ['default'],
    // Real servers run beside the tests on two cores. Most files share a process: loading the modules anew for each
    // took half of the time.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: [...files('.test.ts'), ...files('.test.tsx'), 'scripts/**/*.test.mjs'],
          exclude: [...OUTSIDE, '**/*.int.test.ts', 'tests/faults/**', 'scripts/clean-clone/**'],
          testTimeout: 10_000,
          isolate: false,
        },
      },
      {
        test: {
          name: 'int',
          include: files('.int.test.ts'),
          exclude: [...OUTSIDE, ...WEB, 'tests/faults/**'],
          ...WITH_ENGINES,
          isolate: false,
        },
      },
      { test: { name: 'web', include: WEB, exclude: OUTSIDE, ...WITH_ENGINES } },
      {
        test: {
          name: 'start',
          include: ['scripts/clean-clone/*.test.mjs'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['tests/faults/*.test.ts'],
          exclude: [...OUTSIDE, ...KILLS],
          ...FAULTS,
        },
      },
      { test: { name: 'kills', include: KILLS, exclude: OUTSIDE, ...FAULTS } },
      {
        test: {
          name: 'long-faults',
          include: ['tests/faults/long/*.test.ts', DEPLOYMENT_KILLS],
          exclude: OUTSIDE,
          ...WITH_ENGINES,
          ...FAULTS,
          env: {
            PITWALL_DEPLOYMENT_KILLS: '25',
            PITWALL_WATCH_CHAOS_SECONDS: process.env.PITWALL_WATCH_CHAOS_SECONDS ?? '600',
          },
        },
      },
    ],
  },
});
