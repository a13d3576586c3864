'use client';

import { PageError } from '#components/ui/page-error.tsx';

export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="mx-auto max-w-xl px-4 pt-24">
      <PageError error={error} retry={reset} />
    </main>
  );
}
