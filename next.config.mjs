/** Next.js: dynamic rendering behind a nonce CSP, no image optimiser, no source maps for browsers. */
export default {
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  // `npm test` checks the types of everything; a start on a user's machine need not do it again.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    serverActions: { bodySizeLimit: '256kb' },
    // A page loads its modules when it is first opened, not all pages when the console starts: 107 MB less at rest.
    preloadEntriesOnStart: false,
  },
  serverExternalPackages: ['postgres', 'pg', 'ioredis', 'pino', 'prom-client'],
};
