/** An agent by the names that tell it apart. */
export interface AgentChoice {
  id: string;
  name: string;
  environment: string;
}

/** What the fields of the editor can be filled with. */
export interface EditorChoices {
  metrics: readonly { metric: string; unit: string }[];
  agents: readonly AgentChoice[];
  /** Labels of agents with the values they have. */
  labels: Readonly<Record<string, readonly string[]>>;
}
