import Link from 'next/link';
import { paths } from '#lib/model/paths.ts';

/** The mark: a pit board of three lines, the middle one being read. */
export function Brand() {
  return (
    <Link
      href={paths.overview()}
      className="inline-flex h-8 items-center gap-2.5 rounded-md px-1 font-medium tracking-tight"
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <rect width="20" height="20" rx="5" fill="var(--n-12)" />
        <path d="M5 6h6M5 14h4" stroke="var(--n-1)" strokeWidth="1.8" strokeLinecap="round" opacity=".55" />
        <path d="M5 10h10" stroke="var(--n-1)" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
      Pitwall
    </Link>
  );
}
