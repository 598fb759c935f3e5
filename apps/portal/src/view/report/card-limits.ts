/**
 * What a model card says against its model: what stands before its title, and its section of limits.
 *
 * @param card Markdown
 */
export function cardLimits(card: string): string {
  const before = /^[^#]*/.exec(card)![0].trim();
  const sections = card.split(/^## /m);
  const limits = sections.find(section => section.startsWith('What limits it\n')) ?? '';
  return [before, limits.slice(limits.indexOf('\n')).trim()].filter(part => part !== '').join('\n\n');
}
