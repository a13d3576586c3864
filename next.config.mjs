/** Next.js: dynamic rendering behind a nonce CSP, no image optimiser, no source maps for browsers. */
export default {
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  serverExternalPackages: ['postgres', 'pg', 'ioredis', 'pino', 'prom-client'],
};
