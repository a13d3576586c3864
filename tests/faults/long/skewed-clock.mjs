/** Preloaded into a process (`node --import`): its wall clock is CLOCK_SKEW_MS ahead, monotonic time stays as it is. */
const skewMs = Number(process.env.CLOCK_SKEW_MS);
const now = () => performance.timeOrigin + performance.now() + skewMs;

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key, receiver) =>
    key === 'now' ? () => Math.floor(now()) : Reflect.get(target, key, receiver),
});
