import { expect } from 'chai';
import fc from 'fast-check';
import { constants } from 'node:buffer';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import {
  appendJsonLines,
  decodeJsonLines,
  encodeJsonLines,
  encodeJsonLinesInParts,
  type PlacedLine,
  readJsonLines,
  streamJsonLines,
} from '../../lib/formats/jsonl.js';

describe('jsonl', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lacuna-jsonl-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  it('reads what it appended', async () => {
    const file = path.join(folder, 'steps.jsonl');
    await appendJsonLines(file, [{ step: 1, note: 'line\nfeed' }]);
    await appendJsonLines(file, []);
    await appendJsonLines(file, [{ step: 2 }, 'ü']);
    const { values, wholeBytes } = await readJsonLines(file);
    expect(values).to.deep.equal([{ step: 1, note: 'line\nfeed' }, { step: 2 }, 'ü']);
    expect(wholeBytes).to.equal((await readFile(file)).length);
  });

  it('leaves out a cut last line and says how much is whole', async () => {
    const file = path.join(folder, 'cut.jsonl');
    await appendJsonLines(file, [{ step: 1 }]);
    await appendFile(file, '{"step":2');
    expect(await readJsonLines(file)).to.deep.equal({ values: [{ step: 1 }], wholeBytes: 11 });
  });

  it('gives the whole lines of a file cut anywhere, even inside a character', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.nat(), (values, place) => {
        const bytes = Buffer.from(encodeJsonLines(values));
        const cut = decodeJsonLines(bytes.subarray(0, place % (bytes.length + 1)));
        expect(cut.values.map((value) => JSON.stringify(value))).to.deep.equal(
          values.slice(0, cut.values.length).map((value) => JSON.stringify(value)),
        );
        const whole = Buffer.from(encodeJsonLines(cut.values));
        expect(whole.length).to.equal(cut.wholeBytes);
      }),
    );
  });

  it('reads more than fits a string', () => {
    const bytes = Buffer.alloc(6 * 2 ** 27, ' ');
    for (let line = 1; line < 6; line++) bytes.write(`\n${line}`, line * 2 ** 27);
    bytes.write('\n', bytes.length - 1);
    expect(bytes.length).to.be.above(constants.MAX_STRING_LENGTH);
    expect(decodeJsonLines(bytes).values).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('writes the same lines in parts', () => {
    const values = Array.from({ length: 25_000 }, (_, index) => ({ index }));
    const parts = encodeJsonLinesInParts(values);
    expect(parts).to.have.length(3);
    expect(parts.join('')).to.equal(encodeJsonLines(values));
    expect(encodeJsonLinesInParts([])).to.deep.equal([]);
  });

  it('passes over empty lines', () => {
    expect(decodeJsonLines(Buffer.from('1\r\n\n  \n2\n'))).to.deep.equal({ values: [1, 2], wholeBytes: 9 });
  });

  it('names the line that is no JSON', () => {
    expect(() => decodeJsonLines(Buffer.from('1\n{"a":\n2\n'), 'clips.jsonl'))
      .to.throw(LacunaError, 'Line 2 of clips.jsonl is not JSON')
      .with.property('kind', 'input');
  });

  it('streams the same values with their places, whatever the length of the lines', async () => {
    const file = path.join(folder, 'long.jsonl');
    const values = ['ü'.repeat(70_000), 1, '', 'x'.repeat(65_536), { a: '😀'.repeat(40_000) }, 'y'.repeat(65_534), 2];
    await appendJsonLines(file, values);
    await appendFile(file, '\n  \n"cut off');
    const bytes = await readFile(file);
    const lines: PlacedLine[] = [];
    for await (const line of streamJsonLines(file)) lines.push(line);
    expect(lines.map(({ value }) => value)).to.deep.equal(values);
    lines.forEach(({ value, start, end }) => {
      expect(bytes.toString('utf8', start, end)).to.equal(`${JSON.stringify(value)}\n`);
    });
    const part: unknown[] = [];
    const [from, to] = [lines[2], lines[4]];
    for await (const { value } of streamJsonLines(file, { start: from?.start ?? 0, end: to?.end ?? 0 }))
      part.push(value);
    expect(part).to.deep.equal(values.slice(2, 5));
    for await (const line of streamJsonLines(file, { start: 5, end: 5 }))
      expect.fail(`nothing, but ${String(line.value)}`);
  });

  it('says where a streamed line is no JSON, and that a file is not there', async () => {
    const file = path.join(folder, 'wrong.jsonl');
    await appendFile(file, '1\n{"a":\n2\n');
    const read = async (name: string) => {
      const values: unknown[] = [];
      for await (const { value } of streamJsonLines(name)) values.push(value);
      return values;
    };
    for (const [name, sentence] of [
      [file, /The line at byte 2 of .*wrong\.jsonl is not JSON/],
      [path.join(folder, 'none.jsonl'), /none\.jsonl cannot be read/],
    ] as const) {
      const error: unknown = await read(name).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(LacunaError).with.property('message').that.matches(sentence);
    }
  });

  it('names a file that is not there', async () => {
    const error: unknown = await readJsonLines(path.join(folder, 'none.jsonl')).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(LacunaError).with.property('message').that.includes('none.jsonl cannot be read');
  });
});
