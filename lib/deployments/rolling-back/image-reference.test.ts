import { expect, test } from 'vitest';
import { containerImage, imageReference, imageText } from './image-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['agent', { image: 'agent', version: null, digest: null }],
  ['agent:1.2', { image: 'agent', version: '1.2', digest: null }],
  ['registry.test:5000/team/agent', { image: 'registry.test:5000/team/agent', version: null, digest: null }],
  [
    `registry.test:5000/team/agent:1.2@${DIGEST}`,
    { image: 'registry.test:5000/team/agent', version: '1.2', digest: DIGEST },
  ],
])('the image %s comes apart and together again', (text, parts) => {
  expect(imageReference(text)).toEqual(parts);
  expect(imageText(parts)).toBe(text);
});

test('the image of a container is found by its name, and nothing where there is no such container', () => {
  const containers = [
    { name: 'proxy', image: 'envoy:1' },
    { name: 'agent', image: 'agent:2' },
  ];
  const workload = { spec: { template: { spec: { containers } } } };
  expect(containerImage(workload, 'agent')).toEqual({ image: 'agent', version: '2', digest: null });
  expect(containerImage(workload, 'other')).toBeNull();
  expect(containerImage(null, 'agent')).toBeNull();
});
