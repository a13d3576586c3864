import { Skeleton } from '#components/ui/states.tsx';

/** The shape of the inbox while it is on its way. */
export function InboxSkeleton() {
  return (
    <div role="status" aria-label="Loading alerts" className="flex flex-col gap-3">
      <Skeleton className="h-7 w-72 max-w-full" />
      <Skeleton className="h-9 w-full" />
      {['a', 'b', 'c'].map((key) => (
        <Skeleton key={key} className="h-24 w-full" />
      ))}
    </div>
  );
}
