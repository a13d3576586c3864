import type { MetadataRoute } from 'next';
import { paths } from '#lib/model/paths.ts';

/** What a phone installs: the inbox is what opens from the home screen. */
export default function manifest(): MetadataRoute.Manifest {
  const icon = (src: string, sizes: string, purpose: 'any' | 'maskable' = 'any') => ({
    src,
    sizes,
    type: src.endsWith('.svg') ? 'image/svg+xml' : 'image/png',
    purpose,
  });
  return {
    id: '/',
    name: 'Pitwall',
    short_name: 'Pitwall',
    description: 'Watch, steer and ship a fleet of AI agents.',
    start_url: paths.alerts(),
    scope: '/',
    display: 'standalone',
    background_color: '#0a0c10',
    theme_color: '#0a0c10',
    icons: [
      icon('/icon-192.png', '192x192'),
      icon('/icon-512.png', '512x512'),
      icon('/icon-maskable-512.png', '512x512', 'maskable'),
      icon('/icon.svg', 'any'),
    ],
    shortcuts: [
      { name: 'Alerts', url: paths.alerts() },
      { name: 'Overview', url: paths.overview() },
    ],
  };
}
