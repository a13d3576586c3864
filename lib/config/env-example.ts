import { variables } from './env.ts';

/** The text of `.env.example`: every variable with its sentence and default, by section. */
export function envExample(): string {
  const lines = [
    '# Configuration of Pitwall. Every value is optional in development; `npm start` fills in the rest.',
    '# Generated from lib/config/env.ts by `npm run env:example`.',
  ];
  let section = '';
  for (const [name, variable] of Object.entries(variables)) {
    if (variable.section !== section) {
      section = variable.section;
      lines.push('', `# ${section}`);
    }
    lines.push(`# ${variable.about}`, `#${name}=${'fallback' in variable ? variable.fallback : ''}`);
  }
  return `${lines.join('\n')}\n`;
}
