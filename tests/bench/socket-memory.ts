import { setTimeout as wait } from 'node:timers/promises';
import { type Goal, type Line, type RunOptions, round, rssBytes } from './harness.ts';
import { compileC, drain } from './native.ts';
import { startStack } from './stack.ts';
import { seedViewers, writeTokens } from './viewers.ts';

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const binary = compileC('drain', options.scratch);
  if (binary === null) {
    yield { bench: 'performance P7', case: 'not run: no C compiler for the client' };
    return;
  }
  const stack = await startStack(null);
  try {
    const port = Number(new URL(stack.realtimeUrl).port);
    const memory = () => rssBytes(stack.pids('realtime'));
    for (const connections of [1000, 5000]) {
      const viewers = await seedViewers(stack, connections);
      await wait(3000);
      const before = memory();
      let during = 0;
      const tokensFile = writeTokens(stack, viewers, options.scratch);
      await drain({
        binary,
        port,
        connections,
        seconds: 20,
        mode: 'sio',
        tokensFile,
        env: { DRAIN_ORIGIN: stack.url },
        onStart: () => {
          setTimeout(() => {
            during = memory();
          }, 18_000);
        },
      });
      yield {
        bench: 'performance P7',
        case: `${connections} idle subscribed viewers for 18 s`,
        rss_mb_before: round(before / 1e6),
        rss_mb_during: round(during / 1e6),
        kb_per_client: round((during - before) / 1024 / connections),
      };
      await wait(5000);
    }
  } finally {
    await stack.stop();
  }
}

export const socketMemory: Goal = {
  id: 'P7',
  title: 'Memory of the realtime process per viewer',
  method:
    'Resident memory of the realtime process with 1,000 and 5,000 subscribed viewers held by the C client, minus before, without forcing a ' +
    'garbage collection, so young garbage counts against us.',
  run,
};
