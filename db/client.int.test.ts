import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createWorld } from '#lib/testing/world.ts';

/** A process whose transaction loses its server in mid-query, and which then does what its last line says. */
function script(lastLine: string): string {
  return `
    import { openDb } from '#db/client.ts';
    const { sql, close } = openDb(process.env.URL, 2);
    const lost = sql.begin(async (tx) => {
      const [row] = await tx\`select pg_backend_pid() as pid\`;
      const sleeping = tx\`select pg_sleep(20)\`;
      await sql\`select pg_terminate_backend(\${row.pid})\`;
      await sleeping;
    });
    await lost.catch((error) => console.log('rejected', error.code));
    await new Promise((resolve) => setTimeout(resolve, 300));
    ${lastLine}
    console.log('alive', (await sql\`select 1 as one\`)[0].one);
    await close();`;
}

async function run(url: string, lastLine: string): Promise<{ code: number; output: string }> {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script(lastLine)];
  const child = spawn(process.execPath, args, { env: { ...process.env, URL: url } });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

test('reliability F12: a process outlives the loss of its server in mid-transaction', async () => {
  const world = await createWorld();
  try {
    const { code, output } = await run(world.ownerUrl, '');
    expect(output).toContain('rejected');
    expect(output).toContain('alive 1');
    expect(code).toBe(0);
  } finally {
    await world.close();
  }
});

test('every other uncaught error still ends the process', async () => {
  const world = await createWorld();
  try {
    const thrown = `setTimeout(() => { throw new TypeError('a defect'); });
      await new Promise((resolve) => setTimeout(resolve, 300));`;
    const { code, output } = await run(world.ownerUrl, thrown);
    expect(output).toContain('a defect');
    expect(output).not.toContain('alive');
    expect(code).not.toBe(0);
  } finally {
    await world.close();
  }
});
