import { expect, test } from 'vitest';
import { agentInputSchema } from '#lib/model/agent-schema.ts';
import { formValues, startValues } from './form-values.ts';

const form = (values: Record<string, string>) => new Map(Object.entries(values));

test('an untouched form with a name is a valid agent, empty fields are "not set"', () => {
  const values = formValues(form({ ...startValues(null), name: ' planner ' }));
  expect(agentInputSchema.parse(values)).toMatchObject({
    name: 'planner',
    environment: 'default',
    healthUrl: null,
    replicas: 1,
    healthIntervalSeconds: null,
  });
});

test('a number that is none is refused by the schema, not turned into something else', () => {
  const values = formValues(form({ ...startValues(null), name: 'planner', healthIntervalSeconds: 'often' }));
  expect(agentInputSchema.safeParse(values).error?.issues[0]?.path).toEqual(['healthIntervalSeconds']);
});

test('fields that are disabled are not sent, so that they are not changed', () => {
  expect(Object.keys(formValues(form({ description: 'x' })))).not.toContain('name');
});
