"""SCTBench fsbench_bad: more threads than blocks, and nobody looks whether one is left."""

from threading import Lock, Thread

EXPECTED = ("IndexError", 0)
INODES = 32
BLOCKS = 26


class Disk:
    def __init__(self):
        self.inode_locks = [Lock() for _ in range(INODES)]
        self.block_locks = [Lock() for _ in range(BLOCKS)]
        self.inodes = [0] * INODES
        self.busy = [False] * BLOCKS

    def allocate(self, number):
        inode = number % INODES
        with self.inode_locks[inode]:
            if self.inodes[inode] == 0:
                block = (inode * 2) % BLOCKS
                while True:
                    with self.block_locks[block]:
                        if not self.busy[block]:
                            self.busy[block] = True
                            self.inodes[inode] = block + 1
                            return
                    block += 1


def body():
    disk = Disk()
    threads = [Thread(target=disk.allocate, args=(number,)) for number in range(BLOCKS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
