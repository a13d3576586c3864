import { InboxSkeleton } from '#components/alerts/inbox/inbox-skeleton.tsx';

export default function AlertsLoading() {
  return <InboxSkeleton />;
}
