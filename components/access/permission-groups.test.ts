import { expect, test } from 'vitest';
import { groupPermissions } from './permission-groups.ts';

const row = (permission: string) => ({ permission, says: permission, global: false, held: true });

test('permissions stand together by what they are about, each once and in the order of the table', () => {
  const rows = ['agents:read', 'alert-rules:read', 'agents:delete', 'api-keys:read', 'clusters:read'].map(
    row,
  );
  const groups = groupPermissions(rows);
  expect(groups.map(({ title, permissions }) => [title, permissions.map((each) => each.permission)])).toEqual(
    [
      ['Agents', ['agents:read', 'agents:delete']],
      ['Alert rules', ['alert-rules:read']],
      ['API keys', ['api-keys:read']],
      ['Clusters (while deployment_automation is on)', ['clusters:read']],
    ],
  );
});
