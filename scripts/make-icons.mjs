/**
 * Draws the icons of the installed product into public/, from the same figure as public/icon.svg. Run it after
 * the figure changed: node scripts/make-icons.mjs
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const PUBLIC = join(import.meta.dirname, '../public');
const SAMPLES = 4;
const GROUND = [0x21, 0x1e, 0x18];
/** Lines of the figure on its grid of 20: from x, to x, y, opacity; 1.8 thick with round ends. */
const BARS = [
  [5, 11, 6, 0.55],
  [5, 15, 10, 1],
  [5, 9, 14, 0.55],
];
const HALF = 0.9;

const inBar = (x, y, [from, to, at]) => Math.hypot(x - Math.min(to, Math.max(from, x)), y - at) <= HALF;

function inGround(x, y, radius) {
  const nearest = (value) => Math.min(20 - radius, Math.max(radius, value));
  const inside = x >= 0 && x <= 20 && y >= 0 && y <= 20;
  return inside && Math.hypot(x - nearest(x), y - nearest(y)) <= radius;
}

/** Colour and opacity of a point of the grid. `badge`: the bars alone, for the phone to tint. */
function pointOf(x, y, { radius, badge }) {
  const bar = BARS.find((each) => inBar(x, y, each));
  if (badge) return bar ? [255, 255, 255, 255 * bar[3]] : [0, 0, 0, 0];
  if (!inGround(x, y, radius)) return [0, 0, 0, 0];
  const white = bar?.[3] ?? 0;
  return [...GROUND.map((channel) => channel + (255 - channel) * white), 255];
}

/** One pixel: the mean of its samples, colours weighted by opacity. `scale` shrinks the figure to its middle. */
function pixelOf(px, py, size, look) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < SAMPLES ** 2; i++) {
    const at = (pixel, sample) => ((pixel + (sample + 0.5) / SAMPLES) * 20) / size;
    const shrunk = (value) => (value - 10) / look.scale + 10;
    const [r, g, b, a] = pointOf(shrunk(at(px, i % SAMPLES)), shrunk(at(py, Math.floor(i / SAMPLES))), look);
    for (const [channel, value] of [r, g, b].entries()) sum[channel] += value * a;
    sum[3] += a;
  }
  return [
    ...sum.slice(0, 3).map((value) => (sum[3] === 0 ? 0 : Math.round(value / sum[3]))),
    Math.round(sum[3] / SAMPLES ** 2),
  ];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of 8-bit RGBA (PNG specification, third edition). */
function pngOf(size, look) {
  const rows = Array.from({ length: size }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: size }, (_, x) => pixelOf(x, y, size, look)).flat()]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const ROUND = { radius: 5, badge: false, scale: 1 };
/** Phones cut their own shape: the ground fills everything, the figure stays in the safe middle. */
const FULL = { radius: 0, badge: false, scale: 1 };
const ICONS = [
  ['icon-192.png', 192, ROUND],
  ['icon-512.png', 512, ROUND],
  ['icon-maskable-512.png', 512, FULL],
  ['apple-touch-icon.png', 180, FULL],
  ['badge-96.png', 96, { radius: 0, badge: true, scale: 1.4 }],
];

/** The icon that browsers ask for by themselves, where no page has named another yet: an ICO around one PNG. */
function icoOf(size, look) {
  const png = pngOf(size, look);
  const head = Buffer.alloc(22);
  // One image, its width and height, 1 plane of 32 bits, how long it is and where it starts.
  head.set([0, 0, 1, 0, 1, 0, size, size, 0, 0, 1, 0, 32, 0]);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(head.length, 18);
  return Buffer.concat([head, png]);
}

for (const [name, size, look] of ICONS) writeFileSync(join(PUBLIC, name), pngOf(size, look));
writeFileSync(join(PUBLIC, 'favicon.ico'), icoOf(48, ROUND));
