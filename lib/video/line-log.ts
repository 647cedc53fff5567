// Owns what is kept of a program's words: its first and last lines. Knows nothing of what they mean.

const firstLines = 10;
/** A line that names a file must hold the whole name. */
const longestLine = 5000;

/** Takes text as it comes. */
export type LineLog = {
  readonly add: (text: string) => void;
  /** The lines that were kept, in their order; ends the last one. */
  readonly lines: () => readonly string[];
};

/**
 * @param lastLines how many of the last ones are kept, beside the first ten
 * @param keepsLine is given each line as it comes; what it returns `false` for is not kept
 */
export function createLineLog(lastLines: number, keepsLine: (line: string) => boolean = () => true): LineLog {
  const first: string[] = [];
  const last: string[] = [];
  let rest = '';
  const addLine = (line: string) => {
    const text = line.trimEnd().slice(0, longestLine);
    if (text === '' || !keepsLine(text)) return;
    if (first.length < firstLines) first.push(text);
    else last.push(text);
    if (last.length > lastLines) last.shift();
  };
  return {
    add: (text) => {
      const lines = (rest + text).split(/[\r\n]+/);
      rest = (lines.pop() ?? '').slice(0, longestLine);
      lines.forEach(addLine);
    },
    lines: () => {
      addLine(rest);
      rest = '';
      return [...first, ...last];
    },
  };
}
