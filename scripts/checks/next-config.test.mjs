import { expect, test } from 'vitest';
import config from '../../next.config.mjs';

test('security N9: Next fetches no images and leads nowhere: no optimiser, no rewrites, no redirects', () => {
  expect(config).toMatchObject({ images: { unoptimized: true } });
  for (const option of ['rewrites', 'redirects', 'assetPrefix', 'basePath', 'i18n'])
    expect(config).not.toHaveProperty(option);
  expect(config.images).not.toHaveProperty('remotePatterns');
  expect(config.images).not.toHaveProperty('domains');
});

test('security N10: browsers get no source maps and are not told who serves them', () => {
  expect(config).toMatchObject({ productionBrowserSourceMaps: false, poweredByHeader: false });
});
