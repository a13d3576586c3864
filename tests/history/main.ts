import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runHistory } from './run-history.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '180' },
    /** Of an earlier run, to repeat its schedule. */
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    actors: { type: 'string', default: '40' },
    /** File for the whole history as JSON. */
    out: { type: 'string' },
  },
});
const seed = Number(values.seed);
process.stdout.write(
  `seed ${seed} (npm run history -- --seed ${seed} --seconds ${values.seconds} repeats it)\n`,
);
const { verdict, history } = await runHistory({
  ...{ seconds: Number(values.seconds), seed, actors: Number(values.actors) },
  onProgress: (line) => process.stdout.write(`${line}\n`),
});
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(history));
for (const { kind, text } of verdict.violations.slice(0, 50)) process.stdout.write(`${kind}: ${text}\n`);
const { violations, ...figures } = verdict;
process.stdout.write(`${JSON.stringify({ seed, violations: violations.length, ...figures })}\n`);
process.exitCode = violations.length > 0 ? 1 : 0;
