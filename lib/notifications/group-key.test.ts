import { expect, test } from 'vitest';
import { groupKey, groupLabels } from './group-key.ts';

test('alerting S41: a label that is missing is missing, whatever every object has by its name', () => {
  const names = ['constructor', '__proto__', 'toString', 'alertname'];
  expect(groupLabels({ alertname: 'Slow' }, names)).toEqual({ alertname: 'Slow' });
  const odd = JSON.parse('{"__proto__":"a","constructor":"b"}');
  expect(Object.entries(groupLabels(odd, names))).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

test('alerting S41: the key is these bytes, whichever process makes it', () => {
  expect(groupKey('7d0c', groupLabels({ b: 'ü', a: '1' }, ['b', 'a']))).toBe('7d0c:[["a","1"],["b","ü"]]');
});

test('alerting S41: the same labels make the same key in every order, and others another', () => {
  const key = (labels: Record<string, string>) => groupKey('route', groupLabels(labels, ['...']));
  expect(key({ a: '1', b: '2' })).toBe(key({ b: '2', a: '1' }));
  expect(key({ a: '1","b', c: '2' })).not.toBe(key({ a: '1', b: 'c', c: '2' }));
  expect(key({ a: '', b: '2' })).toBe(key({ b: '2' }));
  const long = 'x'.repeat(3000);
  expect(key({ a: long }).length).toBeLessThan(200);
  expect(key({ a: long })).not.toBe(key({ a: `${long}y` }));
});
