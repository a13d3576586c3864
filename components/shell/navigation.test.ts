import { expect, test } from 'vitest';
import { destinations, phoneDestinations } from './navigation.ts';

test.each([true, false])(
  'each place of the console is reached from the bottom of a phone, in five entries at most (deploys: %s)',
  (deploys) => {
    const { bar, more } = phoneDestinations(deploys);
    const hrefs = (places: readonly { href: string }[]) => places.map(({ href }) => href).toSorted();
    expect(hrefs([...bar, ...more])).toEqual(hrefs(destinations(deploys)));
    expect(bar.length + 1).toBeLessThanOrEqual(5);
    expect(more.map(({ label }) => label).includes('Deployments')).toBe(deploys);
  },
);
