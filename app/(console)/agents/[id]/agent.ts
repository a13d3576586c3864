export interface AgentPageProps {
  params: Promise<{ id: string }>;
}
