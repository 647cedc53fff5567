import { expect } from 'chai';
import { totalmem } from 'node:os';
import { cacheBytesOf, listGroupFolders, readAvailableBytes } from '../../lib/engine/available-memory.js';

describe('readAvailableBytes', () => {
  it('is something, and not more than there is', () => {
    expect(readAvailableBytes()).to.be.within(2 ** 20, totalmem());
  });

  it('looks where the process stands, of both versions of cgroups, and else at the top', () => {
    const top = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory'];
    expect(listGroupFolders('0::/user.slice/job\n')).to.deep.equal(['/sys/fs/cgroup/user.slice/job', ...top]);
    expect(listGroupFolders('0::/\n')).to.deep.equal(top);
    expect(listGroupFolders('12:cpu,memory:/pod/7\n11:pids:/x\n')).to.deep.equal([
      '/sys/fs/cgroup/memory/pod/7',
      ...top,
    ]);
    expect(listGroupFolders('')).to.deep.equal(top);
  });

  it('counts what files take within a limit, of both versions of cgroups', () => {
    expect(cacheBytesOf('anon 5\nfile 900\ninactive_file 300\nactive_file 200\n')).to.equal(500);
    expect(
      cacheBytesOf('inactive_file 1\nactive_file 2\ntotal_inactive_file 30\ntotal_active_file 40\nhierarchical 9\n'),
    ).to.equal(70);
    expect(cacheBytesOf('')).to.equal(0);
  });
});
