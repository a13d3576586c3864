import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { filteredLookup, type Resolver } from './filtered-lookup.ts';
import { readPolicy } from './typed-target.ts';

const closed = readPolicy({ ranges: [], ports: [] }).ranges;
const address = (text: string): LookupAddress => ({ address: text, family: text.includes(':') ? 6 : 4 });

/** A name server that answers each question with the next of its answers, the last for ever. */
function nameServer(...answers: string[][]): Resolver {
  const left = [...answers];
  return (_name, _options, callback) => {
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? [];
    callback(null, answer.map(address));
  };
}

/** What a connection is told: the addresses that it may be made to, or why to none. */
function told(lookup: ReturnType<typeof filteredLookup>, all = true): Promise<unknown> {
  return new Promise((resolve) => {
    lookup('agent.example', { all }, (error, found) => resolve(error ? error.message : found));
  });
}
const INSIDE = 'The name leads inside the network.';

test.each([
  [['93.184.216.34', '10.0.0.5']],
  [['10.0.0.5', '93.184.216.34']],
  [['93.184.216.34', '::1']],
  [['2606:4700::1111', 'fd00::5']],
  [['93.184.216.34', '::ffff:169.254.169.254']],
  [['169.254.169.254']],
  [[]],
])(
  'security O1: a name with the addresses %j is not connected to: each of them is looked at',
  async (answer) => {
    expect(await told(filteredLookup(closed, nameServer(answer)))).toBe(INSIDE);
    expect(await told(filteredLookup(closed, nameServer(answer)), false)).toBe(INSIDE);
  },
);

test('security O1: a name is judged at each connection by what it leads to then, and that is what is connected to', async () => {
  const lookup = filteredLookup(closed, nameServer(['93.184.216.34', '2606:4700::1111'], ['127.0.0.1']));
  expect(await told(lookup)).toEqual([address('93.184.216.34'), address('2606:4700::1111')]);
  // The same name, rebound.
  expect(await told(lookup)).toBe(INSIDE);
  expect(await told(lookup)).toBe(INSIDE);
});

test('security O2: a name of a public zone that spells an inside address, or points at one by an alias, is judged by where it leads', async () => {
  for (const inside of ['10.0.0.1', '127.0.0.1', '192.168.1.1', '100.64.0.1'])
    expect(await told(filteredLookup(closed, nameServer([inside])))).toBe(INSIDE);
  expect(
    await told(
      filteredLookup(readPolicy({ ranges: ['10.0.0.0/8'], ports: [] }).ranges, nameServer(['10.0.0.1'])),
    ),
  ).toEqual([address('10.0.0.1')]);
});
