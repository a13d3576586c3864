import { expect, test } from 'vitest';
import { imagePlace } from './image-host.ts';

test.each([
  ['agent', 'docker.io', 'library/agent'],
  ['team/agent', 'docker.io', 'team/agent'],
  ['docker.io/agent', 'docker.io', 'library/agent'],
  ['index.docker.io/team/agent', 'docker.io', 'team/agent'],
  ['ghcr.io/team/agent', 'ghcr.io', 'team/agent'],
  ['localhost/agent', 'localhost', 'agent'],
  ['registry:5000/a/b/c', 'registry:5000', 'a/b/c'],
])('deployment S-67: %s is kept at %s', (image, host, name) => {
  expect(imagePlace(image)).toEqual({ host, name });
});
