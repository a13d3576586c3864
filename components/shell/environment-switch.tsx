'use client';

import { usePathname } from 'next/navigation';
import { useFleetRows } from '#components/live/hooks.ts';
import { Select } from '#components/ui/field.tsx';
import { paths } from '#lib/model/paths.ts';
import { isWithin } from './navigation.ts';
import { useUrlState } from './use-url-state.ts';

interface EnvironmentSwitchProps {
  environments: readonly string[];
  /** A line of its own below the top line, on phones, where there is something to choose and to narrow. */
  asLine?: boolean;
}

/** Narrows the console to one environment of the team; kept in the URL. */
export function EnvironmentSwitch({ environments, asLine = false }: EnvironmentSwitchProps) {
  const rows = useFleetRows();
  const pathname = usePathname();
  const [params, write] = useUrlState();
  const chosen = params.get('env') ?? '';
  const known = new Set([
    ...environments,
    ...(rows ?? []).map((row) => row.environment),
    ...(chosen ? [chosen] : []),
  ]);

  const choose = (env: string) =>
    write((search) => (env === '' ? search.delete('env') : search.set('env', env)));
  const narrows =
    isWithin(pathname, paths.overview()) ||
    isWithin(pathname, paths.agents()) ||
    pathname === paths.deployments();
  if (asLine && (!narrows || known.size < 2)) return null;
  const select = (
    <Select label="Environment" value={chosen} onChange={(event) => choose(event.target.value)}>
      <option value="">All environments</option>
      {[...known].sort().map((env) => (
        <option key={env} value={env}>
          {env}
        </option>
      ))}
    </Select>
  );
  return asLine ? <div className="px-3 pt-3 sm:hidden">{select}</div> : select;
}
