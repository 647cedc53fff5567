// Owns the `--hide` grammar as a whole: parts joined by `+`. Knows nothing of what any kind of part means.
import { LacunaError } from '../clip/lacuna-error.js';
import { type HidePart, isKind, type Kind, kindNames, maskKinds } from './kinds.js';
import { nearestName } from './nearest-name.js';
import { partError } from './part-argument.js';

/** What a person asks to hide: at least one part; what is hidden is their union. */
export type HideExpression = readonly HidePart[];

/**
 * Reads an expression such as `patches:0.5+gap:2`. Space around a part is passed over.
 * @throws {LacunaError} `usage`, in a sentence that names the part, the rule and what came instead.
 */
export function parseHide(expression: string): HideExpression {
  if (expression.trim() === '') {
    throw new LacunaError('usage', `--hide says nothing; write what to hide, such as ${maskKinds.future.example}`);
  }
  return expression.split('+').map((part) => parsePart(part.trim(), expression));
}

/** The expression as it would be written; `parseHide` reads it back. */
export function formatHide(expression: HideExpression): string {
  return expression.map((part) => formatPart(part)).join('+');
}

function parsePart(text: string, expression: string): HidePart {
  if (text === '') throw partError(expression, 'has an empty part; write a part on each side of +');
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  if (isKind(name)) return maskKinds[name].parse(colon < 0 ? undefined : text.slice(colon + 1), text);
  const nearest = nearestName(name, kindNames);
  throw partError(
    text,
    nearest === undefined
      ? `is of no known kind; the kinds are ${kindNames.join(', ')}`
      : `is of no known kind; did you mean ${maskKinds[nearest].example}?`,
  );
}

function formatPart<K extends Kind>(part: HidePart<K>): string {
  return maskKinds[part.kind].format(part);
}
