'use client';

import { useFleetRows } from '#components/live/hooks.ts';
import { Select } from '#components/ui/field.tsx';
import { useUrlState } from './use-url-state.ts';

/** Narrows the console to one environment of the team; kept in the URL. */
export function EnvironmentSwitch({ environments }: { environments: readonly string[] }) {
  const rows = useFleetRows();
  const [params, write] = useUrlState();
  const chosen = params.get('env') ?? '';
  const known = new Set([
    ...environments,
    ...(rows ?? []).map((row) => row.environment),
    ...(chosen ? [chosen] : []),
  ]);

  const choose = (env: string) =>
    write((search) => (env === '' ? search.delete('env') : search.set('env', env)));
  return (
    <Select label="Environment" value={chosen} onChange={(event) => choose(event.target.value)}>
      <option value="">All environments</option>
      {[...known].sort().map((env) => (
        <option key={env} value={env}>
          {env}
        </option>
      ))}
    </Select>
  );
}
