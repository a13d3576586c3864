import { defineConfig } from '@playwright/test';
import { findProgram } from '../../scripts/testing/debian.mjs';
import { findProduct } from './product.ts';

/** The system's Chromium, kept from calling home: browsers are never downloaded. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const SOAK = '**/soak.spec.ts';
const FUZZ = '**/fuzz.spec.ts';

export default defineConfig({
  testDir: '.',
  globalSetup: './global-setup.ts',
  outputDir: '../../test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  projects: [
    // Where a run decides about a delivery, a journey that failed is tried once more; the run names those that
    // needed it. Anywhere else a race fails at once.
    {
      name: 'journeys',
      testMatch: '**/*.spec.ts',
      testIgnore: [SOAK, FUZZ],
      retries: process.env.CI ? 1 : 0,
    },
    // Take the whole machine, or measure times: one after the other, when all others are over (`--no-deps` for
    // one alone).
    { name: 'fuzz', testMatch: FUZZ, dependencies: ['journeys'] },
    { name: 'soak', testMatch: SOAK, dependencies: ['fuzz'] },
  ],
  use: {
    baseURL: findProduct()?.url,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath:
        process.env.CHROMIUM_PATH ?? findProgram(['chromium', 'chromium-browser', 'google-chrome']),
      args: CHROMIUM_ARGS,
    },
    // A trace costs a tenth of the CPU of all journeys: `--trace on` takes one of those that failed.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
