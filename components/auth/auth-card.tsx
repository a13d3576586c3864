import type { ReactNode } from 'react';
import { Brand } from '#components/shell/brand.tsx';
import { Card } from '#components/ui/card.tsx';

/** The frame of the pages that stand before the console. */
export function AuthCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <Card className="w-full max-w-96 p-6">
        <Brand />
        <h1 className="mt-5 mb-4 text-lg font-medium tracking-tight">{title}</h1>
        <div className="flex flex-col gap-4">{children}</div>
      </Card>
    </main>
  );
}
