import { configDefaults, defineConfig } from 'vitest/config';

const BACK_END = ['lib', 'db', 'ingest', 'realtime', 'worker', 'scripts', 'components', 'app', 'tests'];
const OUTSIDE = [...configDefaults.exclude, 'tests/e2e/**', '.data/**', '.next/**', 'scripts/demo/**'];
/** Runs beside the other fault tests: for two thirds of its time it waits for leases to end. */
const HISTORY = 'tests/faults/alert-history.test.ts';

/** Test files below the rooms that have tests, by their ending. */
function files(ending: string): string[] {
  return BACK_END.map((room) => `${room}/**/*${ending}`);
}

export default defineConfig({
  test: {
    reporters: ['default'],
    // Real servers run beside the tests on two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: [...files('.test.ts'), ...files('.test.tsx'), 'scripts/**/*.test.mjs'],
          exclude: [...OUTSIDE, '**/*.int.test.ts', 'tests/faults/**', 'scripts/clean-clone/**'],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'int',
          include: files('.int.test.ts'),
          exclude: [...OUTSIDE, 'tests/faults/**'],
          globalSetup: ['lib/testing/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
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
          exclude: [...OUTSIDE, HISTORY],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: { name: 'history', include: [HISTORY], exclude: OUTSIDE },
      },
      {
        test: {
          name: 'long-faults',
          include: ['tests/faults/long/*.test.ts'],
          exclude: OUTSIDE,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
