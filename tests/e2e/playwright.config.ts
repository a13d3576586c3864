import { defineConfig } from '@playwright/test';
import { findProgram, HEADLESS_SHELL } from '../../scripts/testing/debian.mjs';
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

const CHROMIUM = process.env.CHROMIUM_PATH ?? findProgram(['chromium', 'chromium-browser', 'google-chrome']);

/** Without windows, and without a process of its own for graphics: less CPU for each page. */
const SHELL = findProgram([HEADLESS_SHELL]);
const SHELL_ARGS = [...CHROMIUM_ARGS, '--in-process-gpu'];

const PHONE = '**/acknowledge-by-phone.spec.ts';
const SOAK = '**/soak.spec.ts';
const FUZZ = '**/fuzz.spec.ts';
/** Where a run decides about a delivery, a journey that failed is tried once more; the run names those that needed
 * it. Anywhere else a race fails at once. */
const retries = process.env.CI ? 1 : 0;

export default defineConfig({
  testDir: '.',
  globalSetup: './global-setup.ts',
  outputDir: '../../test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  projects: [
    // What takes longest comes first, so that no core is idle at the end. The fuzz has a product of its own.
    { name: 'fuzz', testMatch: FUZZ },
    // Notifications are of the whole browser only.
    { name: 'phone', testMatch: PHONE, retries },
    {
      name: 'journeys',
      testMatch: '**/*.spec.ts',
      testIgnore: [PHONE, SOAK, FUZZ],
      retries,
      ...(SHELL && { use: { launchOptions: { executablePath: SHELL, args: SHELL_ARGS } } }),
    },
    // Takes the whole machine and measures times: when all others are over (`--no-deps` for it alone).
    { name: 'soak', testMatch: SOAK, dependencies: ['journeys', 'phone', 'fuzz'] },
  ],
  use: {
    baseURL: findProduct()?.url,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_ARGS },
    // A trace costs a tenth of the CPU of all journeys: `--trace on` takes one of those that failed.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
