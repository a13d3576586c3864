import { expect, test } from 'vitest';
import { meantAgents } from './meant-agents.ts';

const agent = (id: string, name: string, environment = 'default', serviceNamespace = '') => ({
  ...{ id, name, environment, serviceNamespace },
});
const telemetry = { agentId: null, names: ['planner'], environment: null, serviceNamespace: null };
const planner = agent('1', 'planner');
const inProduction = agent('2', 'planner', 'production');
const service = agent('3', 'planner-service');

test.each([
  ['by its name', telemetry, [planner, service], ['1']],
  [
    'by what its environment calls it first',
    { ...telemetry, names: ['planner-service', 'planner'] },
    [planner, service],
    ['3'],
  ],
  ['by the label before the name', { ...telemetry, agentId: '3' }, [planner, service], ['3']],
  ['in its environment alone', { ...telemetry, environment: 'production' }, [planner, inProduction], ['2']],
  ['several, where nothing tells them apart', telemetry, [planner, inProduction], ['1', '2']],
  ['none of another service namespace', { ...telemetry, serviceNamespace: 'shop' }, [planner], []],
  ['none by another name', { ...telemetry, names: ['other'] }, [planner], []],
])('a found agent is recognised %s', (_title, by, candidates, ids) => {
  expect(meantAgents(by, candidates).map(({ id }) => id)).toEqual(ids);
});
