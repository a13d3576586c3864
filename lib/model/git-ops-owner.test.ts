import { expect, test } from 'vitest';
import type { ObjectMeta } from '#lib/ports/cluster/port.ts';
import { workload } from '#lib/testing/workloads.ts';
import { gitOpsOwner, revertWarning } from './git-ops-owner.ts';

const TRACKING = 'argocd.argoproj.io/tracking-id';

test.each<[string, Partial<ObjectMeta>, object | null]>([
  ['nobody', {}, null],
  [
    'an Argo CD annotation',
    { annotations: { [TRACKING]: 'shop:apps/Deployment:agents/planner' } },
    { tool: 'Argo CD', name: 'shop' },
  ],
  [
    'an Argo CD annotation of another object',
    { annotations: { [TRACKING]: 'shop:apps/Deployment:agents/other' } },
    null,
  ],
  [
    'an Argo CD label',
    { labels: { 'argocd.argoproj.io/instance': 'shop' } },
    { tool: 'Argo CD', name: 'shop' },
  ],
  [
    'a Flux Kustomization',
    {
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux' },
    },
    { tool: 'Flux', name: 'apps', namespace: 'flux' },
  ],
  [
    'a Flux HelmRelease',
    { labels: { 'helm.toolkit.fluxcd.io/name': 'planner' } },
    { tool: 'Flux', name: 'planner' },
  ],
])('deployment S-47: the owner is told by %s', (_title, metadata, owner) => {
  const found = gitOpsOwner(workload({ metadata }));
  expect(found).toEqual(owner && { namespace: null, ...owner });
});

test('deployment S-47: the warning says who will revert it and where to change it', () => {
  const words = revertWarning({ tool: 'Flux', name: 'apps', namespace: 'flux' });
  expect(words).toBe(
    'Flux keeps this workload as flux/apps says and will revert the change: make it in its repository instead.',
  );
});
