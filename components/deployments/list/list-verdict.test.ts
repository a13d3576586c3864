import { expect, test } from 'vitest';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { deploymentRow } from '../rows.fixture.ts';
import { listVerdict } from './list-verdict.ts';

const said = (...rows: Partial<DeploymentRow>[]) => {
  const { line, detail } = listVerdict(rows.map(deploymentRow));
  return `${line} | ${detail}`;
};

test('the list says first what is rolling out and what waits for somebody', () => {
  expect(said()).toMatch(/^Nothing is rolling out/);
  expect(said({})).toBe('Checkout 1.2.0 is rolling out to production | prod-eu/agents, asked by Anna');
  expect(said({ status: 'completed' })).toMatch(/^Nothing is rolling out/);
  expect(said({ status: 'awaiting_approval' })).toMatch(/^Checkout 1.2.0 waits for approval/);
  expect(said({ kind: 'rollback', version: '1.1.0' })).toMatch(/^Checkout is going back to 1.1.0/);
  expect(said({ unreachableSince: 1 })).toMatch(/^Checkout 1.2.0: prod-eu does not answer/);
  expect(said({}, { unreachableSince: 1 }, { status: 'awaiting_approval' }, { status: 'pending' })).toBe(
    '4 deployments under way: 2 rolling out, 1 waits for approval, 1 about to start, 1 without answer of its cluster | ' +
      'Waiting for approval: Checkout 1.2.0 in production',
  );
});
