'use client';

import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { RouteView } from '#lib/model/alert-route.ts';
import { paths } from '#lib/model/paths.ts';
import { Matchers } from './matchers.tsx';
import { groupWords, targetWords } from './route-words.ts';

interface RouteListProps {
  routes: readonly RouteView[];
  /** Names of channels and policies by their ids. */
  names: Readonly<Record<string, string>>;
  /** Null for people who may only look. */
  order: BoundAction<{ ids: string[] }, { ids: string[] }> | null;
}

/** The routes in the order in which they are asked. */
export function RouteList({ routes, names, order }: RouteListProps) {
  const ids = routes.filter(({ isDefault }) => !isDefault).map(({ id }) => id);
  return (
    <Card label="Routes">
      <CardHeader title="Routes" hint="asked from top to bottom; the first that matches takes an alert" />
      <ol>
        {routes.map((route) => (
          <RouteLine key={route.id} route={route} ids={ids} names={names} order={order} />
        ))}
      </ol>
    </Card>
  );
}

function RouteLine({
  route,
  ids,
  names,
  order,
}: Omit<RouteListProps, 'routes'> & { route: RouteView; ids: string[] }) {
  const known = new Map(Object.entries(names));
  return (
    <li className="flex items-start gap-3 border-t border-line px-4 py-3 text-sm">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-2">
          {order ? (
            <Link href={paths.alertRoute(route.id)} className="font-medium wrap-anywhere hover:underline">
              {route.name}
            </Link>
          ) : (
            <span className="font-medium wrap-anywhere">{route.name}</span>
          )}
          {route.isDefault && <Badge>Takes the rest</Badge>}
          {route.continues && <Badge tone="progress">Later routes are asked too</Badge>}
        </span>
        <Matchers matchers={route.matchers} />
        <p className="text-sm">{targetWords(route, known)}</p>
        <p className="text-xs text-muted">{groupWords(route)}</p>
      </div>
      {order && !route.isDefault && <MoveButtons route={route} ids={ids} order={order} />}
    </li>
  );
}

function MoveButtons(props: {
  route: RouteView;
  ids: readonly string[];
  order: NonNullable<RouteListProps['order']>;
}) {
  const { route, ids } = props;
  const { save, pending, failure } = useSave(props.order);
  const at = ids.indexOf(route.id);
  const moveTo = (to: number) => {
    const rest = ids.filter((id) => id !== route.id);
    save({ ids: rest.toSpliced(to, 0, route.id) });
  };
  return (
    <div className="flex flex-col items-end gap-1">
      <div className="flex gap-1">
        {at > 0 && (
          <Button
            variant="ghost"
            icon={ArrowUp}
            pending={pending}
            aria-label={`Ask ${route.name} earlier`}
            onClick={() => moveTo(at - 1)}
          />
        )}
        {at < ids.length - 1 && (
          <Button
            variant="ghost"
            icon={ArrowDown}
            pending={pending}
            aria-label={`Ask ${route.name} later`}
            onClick={() => moveTo(at + 1)}
          />
        )}
      </div>
      <SaveFailure failure={failure} />
    </div>
  );
}
