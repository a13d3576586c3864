import { clsx } from 'clsx';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { APPEARANCE_COOKIE, readAppearance } from '#components/ui/appearance.ts';
import { viewerTheme } from '#lib/web/viewer-theme.ts';
import './globals.css';

/** Doors for people and machines: every page and route reads, binds and renders; it decides nothing. */
export const metadata: Metadata = {
  title: { default: 'Pitwall', template: '%s · Pitwall' },
  description: 'Watch, steer and ship a fleet of AI agents.',
  robots: { index: false, follow: false },
  icons: { icon: '/icon.svg', apple: '/apple-touch-icon.png' },
  appleWebApp: { capable: true, title: 'Pitwall', statusBarStyle: 'default' },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf9f8' },
    { media: '(prefers-color-scheme: dark)', color: '#0a0c10' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const store = await cookies();
  const kept = readAppearance(store.get(APPEARANCE_COOKIE)?.value);
  const theme = (await viewerTheme()) ?? kept.theme;
  return (
    <html
      lang="en"
      data-theme={theme === 'system' ? undefined : theme}
      data-density={kept.density}
      className={clsx(GeistSans.variable, GeistMono.variable)}
    >
      <body>{children}</body>
    </html>
  );
}
