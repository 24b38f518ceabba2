/** Markdown of a model as HTML that can do nothing: no raw HTML, no images, no addresses to go to. */

import MarkdownIt from 'markdown-it';
import { placeOf } from '../links';

const markdown = new MarkdownIt({ html: false, linkify: false });
markdown.disable('image');
// Every target is let through because none becomes an address: it is data, or only a hint.
markdown.validateLink = () => true;
markdown.normalizeLink = (target) => target;

markdown.renderer.rules['link_open'] = (tokens, index) => {
  const token = tokens[index];
  const target = String(token?.attrGet('href') ?? '');
  const shown = markdown.utils.escapeHtml(target);
  return placeOf(target) ? `<a data-target="${shown}">` : `<span title="${shown}">`;
};
markdown.renderer.rules['link_close'] = (tokens, index) => {
  const level = tokens[index]?.level;
  const opening = tokens.slice(0, index).findLast((token) => token.type === 'link_open' && token.level === level);
  return placeOf(String(opening?.attrGet('href') ?? '')) ? '</a>' : '</span>';
};

export function render(text: string): string {
  return markdown.render(text);
}
