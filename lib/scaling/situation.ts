/** What a look found. Replicas are those that are asked for; null of a measure: nothing is known. */
export interface ScalingSituation {
  replicas: number;
  available: number;
  load: number | null;
  costPerHour: number | null;
}
