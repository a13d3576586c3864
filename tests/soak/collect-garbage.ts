import { setTimeout as sleep } from 'node:timers/promises';

/** Where a Node process listens once SIGUSR1 has opened its inspector. */
const INSPECTOR = 'http://127.0.0.1:9229';
const PATIENCE_MS = 10_000;

async function inspectorOf(pid: number): Promise<WebSocket> {
  process.kill(pid, 'SIGUSR1');
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    try {
      const listed: unknown = await (await fetch(`${INSPECTOR}/json/list`)).json();
      const [target] = listed as [{ webSocketDebuggerUrl: string }];
      return new WebSocket(target.webSocketDebuggerUrl);
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`The inspector of process ${pid} did not open at ${INSPECTOR}.`);
}

/** Sends commands one after the other; the last one may end the connection instead of answering. */
async function converse(socket: WebSocket, commands: readonly object[]): Promise<void> {
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('the inspector did not let us in'));
  });
  for (const [id, command] of commands.entries()) {
    const answered = new Promise<void>((resolve) => {
      socket.onclose = () => resolve();
      socket.onmessage = ({ data }) => {
        if (JSON.parse(String(data)).id === id) resolve();
      };
    });
    socket.send(JSON.stringify({ id, ...command }));
    await answered;
  }
  socket.close();
}

/**
 * Lets a running Node process collect all its garbage, through the inspector that SIGUSR1 opens, and closes
 * the inspector again. What is resident afterwards is held, not merely not yet collected.
 */
export async function collectGarbage(pid: number): Promise<void> {
  const socket = await inspectorOf(pid);
  await converse(socket, [
    { method: 'HeapProfiler.collectGarbage' },
    { method: 'HeapProfiler.collectGarbage' },
    { method: 'Runtime.evaluate', params: { expression: 'setTimeout(() => process._debugEnd(), 50)' } },
  ]);
  await sleep(500);
}
