/** Numbers of replicas as a line of steps in a box of 1 by 1, the bottom at 0 replicas; pure. */
export function replicaSteps(replicas: readonly number[]): { points: [x: number, y: number][]; top: number } {
  const top = Math.max(1, ...replicas);
  const width = Math.max(1, replicas.length);
  const points = replicas.flatMap((count, i): [number, number][] => [
    [i / width, count / top],
    [(i + 1) / width, count / top],
  ]);
  return { points, top };
}
