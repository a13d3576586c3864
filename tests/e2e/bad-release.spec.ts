import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn } from './sign-in.ts';

const DEMO = join(import.meta.dirname, '../../scripts/demo.mjs');

/** `npm run demo -- --bad-release`, with what it prints. */
class Demo {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly printed: string[] = [];

  constructor() {
    const { url, otlpHttpUrl, apiKey, admin } = product();
    this.#child = spawn(process.execPath, [DEMO, '--bad-release'], {
      env: {
        ...process.env,
        ...{ APP_URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: otlpHttpUrl, PITWALL_API_KEY: apiKey },
        ...{ PITWALL_ADMIN_EMAIL: admin.email, PITWALL_ADMIN_PASSWORD: admin.password },
        ...{ DEMO_GATE_SECONDS: '24', DEMO_GATE_LOOKS: '2' },
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('the demo has no output');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line that says something, and everything before it. */
  async says(words: RegExp): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`The demo ended without it:\n${this.printed.join('\n')}`);
      this.printed.push(value);
      if (words.test(value)) return value;
    }
  }

  stop(): void {
    this.#child.kill('SIGTERM');
  }
}

test('deployment S-62: a release with 20 % errors and twice the cost is judged by its own telemetry and rolled back by itself, as its page tells live', async ({
  page,
}) => {
  test.setTimeout(300_000);
  execFileSync(process.execPath, [DEMO, '--install'], { stdio: 'inherit' });
  await signIn(page);
  const demo = new Demo();
  try {
    const link = (await demo.says(/1\.4\.0 -> 1\.5\.0/)).split(' ').at(-1) ?? '';
    await page.goto(new URL(link).pathname);
    const stands = (status: string) => page.locator(`header[data-status="${status}"]`);
    const gate = page.getByRole('region', { name: 'Gate' });
    await expect(stands('in_progress')).toBeVisible();
    await expect(gate).toContainText('against 1.4.0', { timeout: 60_000 });
    await expect(gate.locator('[data-gate="failed"]')).toBeVisible({ timeout: 120_000 });
    await expect(gate.locator('[data-metric="cost"]')).toContainText('is the mean cost of');
    await expect(page.getByRole('region', { name: 'Why it failed' })).toContainText('is allowed');
    await expect(stands('rolled_back')).toBeVisible({ timeout: 60_000 });
    await demo.says(/^The end: 1\.5\.0 is rolled back/);
  } finally {
    demo.stop();
  }
});
