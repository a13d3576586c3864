import { relations } from 'drizzle-orm';
import { agents, agentTransitions } from './schema/agents.ts';
import { memberships, teams, users } from './schema/members.ts';

/** All relations stand here, so that the schema files never import each other in a circle. */
export const agentRelations = relations(agents, ({ one, many }) => ({
  team: one(teams, { fields: [agents.teamId], references: [teams.id] }),
  owner: one(users, { fields: [agents.ownerId], references: [users.id] }),
  transitions: many(agentTransitions),
}));

export const agentTransitionRelations = relations(agentTransitions, ({ one }) => ({
  agent: one(agents, { fields: [agentTransitions.agentId], references: [agents.id] }),
}));

export const membershipRelations = relations(memberships, ({ one }) => ({
  team: one(teams, { fields: [memberships.teamId], references: [teams.id] }),
  user: one(users, { fields: [memberships.userId], references: [users.id] }),
}));

export const userRelations = relations(users, ({ many }) => ({ memberships: many(memberships) }));
