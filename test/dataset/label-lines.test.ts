import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { readLabelLines } from '../../lib/dataset/label-lines.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('readLabelLines', () => {
  const folder = temporaryFolder();
  const read = async (text: string | Uint8Array, needed: 'label' | 'group' = 'label') => {
    await writeFile(folder.path('labels.csv'), text);
    return readLabelLines(folder.path('labels.csv'), 'labels', needed);
  };

  it('reads the columns by their names, in any order, and passes others over', async () => {
    const { lines, sha256 } = await read(
      'task,split,file,label,group,num_frames,start_frame\nx,val,a.mp4,cat,g1,16,32\ny,train,b.mp4,dog,,,\nz,test,c.mp4,,g2,,\n',
    );
    expect(lines).to.deep.equal([
      {
        line: 2,
        file: 'a.mp4',
        label: 'cat',
        group: 'g1',
        split: 'validation',
        window: { startFrame: 32, numFrames: 16 },
      },
      { line: 3, file: 'b.mp4', label: 'dog', split: 'train' },
      { line: 4, file: 'c.mp4', group: 'g2', split: 'test' },
    ]);
    expect(sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it('reads quotes, a byte order mark, CRLF, spaces, empty lines and fields that go on over lines', async () => {
    const text = '\ufefffile,label\r\n"a, b.mp4","the ""big"" one"\r\n\r\n"c\r\nd.mp4", dog \r\n,\r\nçé😀.mp4,猫';
    expect((await read(text)).lines).to.deep.equal([
      { line: 2, file: 'a, b.mp4', label: 'the "big" one' },
      { line: 5, file: 'c\nd.mp4', label: 'dog' },
      { line: 7, file: 'çé😀.mp4', label: '猫' },
    ]);
  });

  it('reads back whatever was written by the rules', async () => {
    const field = fc.stringMatching(/^[ -~é猫]{1,12}$/).filter((text) => text.trim() === text && text !== '');
    const record = fc.record({ file: field, label: field });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
        const text = records.map(({ file, label }) => `${quote(file)},${quote(label)}\r\n`).join('');
        const { lines } = await read(`file,label\r\n${text}`);
        expect(lines).to.deep.equal(records.map((given, index) => ({ line: index + 2, ...given })));
      }),
      { numRuns: 50 },
    );
  });

  it('names the file and the line of whatever is wrong', async () => {
    const windows = 'file,label,start_frame,num_frames\n';
    const wrong: [string | Uint8Array, RegExp][] = [
      ['', /labels\.csv is empty; its first line must name the columns file and label/],
      ['file;label\na;b\n', /Line 1 of .*names no column file, but file;label/],
      ['file,class\na,b\n', /Line 1 of .*names no column label/],
      ['file,label,label\na,b,c\n', /Line 1 of .*names the column label twice/],
      ['file,label,start_frame\na,b,0\n', /Line 1 of .*only one of the columns start_frame and num_frames/],
      ['file,label\na,b\na\n', /Line 3 of .*has 1 fields, and the header names 2 columns/],
      ['file,label\na,b\nc,"d\n', /Line 3 of .*is no CSV \(Quote Not Closed/],
      ['file,label\na,b\n,d\n', /Line 3 of .*names no file/],
      [`${windows}a,b,1.5,16\n`, /Line 2 of .*start_frame "1\.5"/],
      [`${windows}a,b,-1,16\n`, /Line 2 of .*start_frame "-1"/],
      [`${windows}a,b,0,0\n`, /Line 2 of .*num_frames "0"/],
      [`${windows}a,b,,16\n`, /Line 2 of .*start_frame ""/],
      [`${windows}a,b,16,\n`, /Line 2 of .*num_frames ""/],
      ['file,label,split\na,b,dev\n', /Line 2 of .*split dev.*one of train, val, validation, test/],
      ['file,label,split\na,b,constructor\n', /Line 2 of .*split constructor/],
      [Uint8Array.of(0x66, 0xff, 0xfe), /is not UTF-8 text/],
    ];
    for (const [text, message] of wrong) {
      const error = await rejectionOf(read(text));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.matches(message).and.includes(folder.path('labels.csv'));
    }
    expect(await rejectionOf(readLabelLines(folder.path('absent.csv'), 'labels', 'label')))
      .to.have.property('message')
      .that.matches(/absent\.csv cannot be read; labels takes a CSV file/);
  });

  it('needs the column that it is read for, and no other', async () => {
    expect((await read('file,group\na,b\n', 'group')).lines).to.deep.equal([{ line: 2, file: 'a', group: 'b' }]);
    expect(await rejectionOf(read('file,label\na,b\n', 'group')))
      .to.have.property('message')
      .that.includes('names no column group');
  });
});
