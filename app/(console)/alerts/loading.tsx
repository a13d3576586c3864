import { InboxSkeleton } from '#components/alerts/inbox-skeleton.tsx';

export default function AlertsLoading() {
  return <InboxSkeleton />;
}
