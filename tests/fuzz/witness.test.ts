import { expect, test } from 'vitest';
import { Chance } from '../history/chance.ts';
import { spoilValue, valueFor } from './from-schema.ts';
import { toJsonText } from './hostile-values.ts';
import { Witness } from './witness.ts';

const whats = (witness: Witness) => witness.findings.map(({ what }) => what);

test('a witness sees failures, secrets in answers, frames and logs, alarms and processes that were replaced', () => {
  const witness = new Witness(new Map([['METRICS_TOKEN', 'canary-1']]));
  witness.answered('a', 204, '');
  witness.answered('b', 503, 'busy');
  witness.answered('c', 200, '{"token":"canary-1"}');
  witness.seen('a frame', '42["d","canary-1"]');
  let log = '{"level":"warn","msg":"fine"}\n[ 9.1 s] web: {"level":"error","msg":"it failed unexpectedly"}\n';
  witness.readLog(log);
  log += '[10.2 s] web: ⨯ Error: it failed\nsent canary-1\n';
  witness.readLog(log);
  witness.guard([['METRICS_TOKEN', 'canary-2']]);
  witness.seen('a later frame', 'canary-1, of a former round');
  witness.samePids({ web: [1], worker: [2] }, { web: [1], worker: [3] });
  expect(whats(witness)).toEqual([
    'status 503',
    'secret METRICS_TOKEN came out',
    'secret METRICS_TOKEN came out',
    'logged',
    'logged',
    'secret METRICS_TOKEN came out',
    'worker is another process',
  ]);
});

test('a seed makes the same values again, whole and spoilt', () => {
  const schema = {
    type: 'object',
    required: ['id', 'list'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      list: { type: 'array', minItems: 1, items: { enum: ['a', 'b'] } },
      at: { type: 'integer', minimum: 0, maximum: 9 },
    },
  };
  const make = (seed: number) => {
    const chance = new Chance(seed, 0);
    const making = { chance, ids: ['x'], tables: new Map(), resolve: () => ({}) };
    return toJsonText(spoilValue(valueFor(schema, making), chance));
  };
  const made = Array.from({ length: 50 }, (_, seed) => make(seed));
  expect(Array.from({ length: 50 }, (_, seed) => make(seed))).toEqual(made);
  expect(new Set(made).size).toBeGreaterThan(30);
});
