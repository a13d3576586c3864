/** Next.js: dynamic rendering behind a nonce CSP, no image optimiser, no source maps for browsers. */
export default {
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  // `npm test` checks the types of everything; a start on a user's machine need not do it again.
  typescript: { ignoreBuildErrors: true },
  experimental: { serverActions: { bodySizeLimit: '256kb' } },
  serverExternalPackages: ['postgres', 'pg', 'ioredis', 'pino', 'prom-client'],
};
