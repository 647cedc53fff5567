import { expect } from 'chai';
import fc from 'fast-check';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { appendJsonLines, decodeJsonLines, encodeJsonLines, readJsonLines } from '../../lib/formats/jsonl.js';

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

  it('passes over empty lines', () => {
    expect(decodeJsonLines(Buffer.from('1\r\n\n  \n2\n'))).to.deep.equal({ values: [1, 2], wholeBytes: 9 });
  });

  it('names the line that is no JSON', () => {
    expect(() => decodeJsonLines(Buffer.from('1\n{"a":\n2\n'), 'clips.jsonl'))
      .to.throw(LacunaError, 'Line 2 of clips.jsonl is not JSON')
      .with.property('kind', 'input');
  });

  it('names a file that is not there', async () => {
    const error: unknown = await readJsonLines(path.join(folder, 'none.jsonl')).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(LacunaError).with.property('message').that.includes('none.jsonl cannot be read');
  });
});
