'use client';

import { PageError } from '#components/ui/page-error.tsx';

export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <PageError error={error} retry={reset} />;
}
